"""A hook of MkDocs: the figures have one place, the README, and stand on the site, too."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
WANTED = re.compile(r"^<!-- README: (?P<section>.+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Called for every page."""
    return WANTED.sub(lambda found: section(found["section"]), markdown)


def section(title: str) -> str:
    """What stands below this heading, its links as from docs/. Raises LookupError when there is none: the site is not
    built then."""
    parts = re.split(r"^## (.+)$", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return found[title].strip().replace("](docs/", "](")
