"""Draw `docs/diagrams/*.mmd` as SVG that needs nothing from elsewhere, light or dark as its page is.

npm install --prefix /tmp/mermaid mermaid
.venv/bin/python scripts/diagrams.py /tmp/mermaid/node_modules/mermaid/dist/mermaid.min.js
"""

import hashlib
import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.routers.browsers import CHROMIUM

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "diagrams"
LIGHT = {
    "ink": "#1f2937",
    "line": "#64748b",
    "box": "#eef2ff",
    "edge": "#818cf8",
    "group": "#f8fafc",
    "paper": "#ffffff",
}
DARK = {
    "ink": "#e5e7eb",
    "line": "#94a3b8",
    "box": "#27304a",
    "edge": "#818cf8",
    "group": "#1b2233",
    "paper": "#161b26",
}
DRAW = """async (text) => {
  mermaid.initialize({startOnLoad: false, theme: 'base', htmlLabels: false, fontFamily: 'system-ui, sans-serif',
    flowchart: {htmlLabels: false, useMaxWidth: false},
    themeVariables: {primaryColor: '#0000b0', primaryBorderColor: '#0000e0', primaryTextColor: '#000010',
      textColor: '#000010', lineColor: '#000011', edgeLabelBackground: '#0000f0', clusterBkg: '#0000c0',
      clusterBorder: '#0000e0', titleColor: '#000010', nodeTextColor: '#000010', fontSize: '14px'}});
  return (await mermaid.render('drawn', text)).svg;
}"""
PLACES = {
    "#0000b0": "box",
    "#0000e0": "edge",
    "#000010": "ink",
    "#000011": "line",
    "#0000f0": "paper",
    "#0000c0": "group",
}


def made_of(source: str) -> str:
    """What a drawing says that it was made of."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def themed(svg: str, source: str) -> str:
    """With the two sets of colours in place of the ones that mark their places, and nothing but what is seen."""
    svg = re.sub(r' data-[a-z-]+="[^"]*"', "", svg)
    svg = re.sub(r"(\.\d)\d+", r"\1", svg)
    for place, name in PLACES.items():
        red, green, blue = (int(place[at : at + 2], 16) for at in (1, 3, 5))
        svg = re.sub(rf"{place}\b|rgb\({red}, ?{green}, ?{blue}\)", f"var(--{name})", svg, flags=re.IGNORECASE)
    colours = {
        mode: "".join(f"--{name}:{value};" for name, value in of.items()) for mode, of in (("l", LIGHT), ("d", DARK))
    }
    style = f"<style>svg{{{colours['l']}}}@media (prefers-color-scheme: dark){{svg{{{colours['d']}}}}}</style>"
    head, _, rest = svg.partition(">")
    return f"{head}><!-- {made_of(source)} -->{style}{rest}\n"


def main(library: str) -> None:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(path=library)
        for path in sorted(FOLDER.glob("*.mmd")):
            source = path.read_text(encoding="utf-8")
            path.with_suffix(".svg").write_text(themed(page.evaluate(DRAW, source), source), encoding="utf-8")
            print(path.stem)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
