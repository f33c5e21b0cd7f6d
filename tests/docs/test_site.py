"""The site of docs/ is built without a warning, from what is here, and asks nobody for anything."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.diagrams import made_of
from tests.docs.blocks import ROOT, blocks, pages

LOADED = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?(https?:)?//""")
DIAGRAMS = sorted((ROOT / "docs/diagrams").glob("*.mmd"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built, with every warning an error: a page without a place, a link to nothing."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    strange = {path.name: found[0] for path in site.rglob("*.html") if (found := LOADED.search(path.read_text()))}
    assert strange == {}
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert not re.search(r"url\(['\"]?(https?:)?//|@import", styles)


def test_figures_are_those_of_the_readme(site: Path) -> None:
    page = (site / "figures.html").read_text()
    assert "README: Measured" not in page
    assert page.count("<table>") >= 3
    assert "Goals that do not hold" in page


def test_no_page_draws_what_a_browser_would_have_to_fetch_a_program_for() -> None:
    drawn = [
        each.where for page in pages() if page.startswith("docs") for each in blocks(page) if each.language == "mermaid"
    ]
    assert drawn == []


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_a_drawing_is_made_of_what_stands_beside_it(diagram: Path) -> None:
    drawing = diagram.with_suffix(".svg").read_text(encoding="utf-8")
    assert f"<!-- {made_of(diagram.read_text(encoding='utf-8'))} -->" in drawing, "python scripts/diagrams.py draws it"
    assert "prefers-color-scheme: dark" in drawing
    assert not re.search(r'(?:href|src)="(?!#)|url\((?!#)|@import|<script|<foreignObject', drawing)
    assert any(f"diagrams/{diagram.stem}.svg" in (ROOT / page).read_text(encoding="utf-8") for page in pages())
