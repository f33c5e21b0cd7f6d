"""The page: plain HTML, CSS and ES modules that come with the package. It is a client of the API like any other."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path as FilePath
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import FileResponse, RedirectResponse, Response

from app.errors import NotFound
from routers.access import needs

router = APIRouter(include_in_schema=False, dependencies=[needs("read", "match", "paper", "live")])

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"


@router.get("/")
async def read_page() -> Response:
    return _file("index.html")


@router.get("/docs")
async def read_docs() -> Response:
    """Our own reader of /openapi.json: the usual ones fetch their scripts from a CDN."""
    return _file("docs.html")


@router.get("/page/plotly.js")
async def find_charts() -> Response:
    """Where the charts' library is: under a name of its version, so that a browser may keep it for good."""
    return RedirectResponse(f"/page/{_charts_name()}")


@router.get("/page/{name}")
async def read_part(name: Annotated[str, Path(max_length=60)]) -> Response:
    if name == _charts_name():
        return FileResponse(_charts_file(), media_type=TYPES[".js"], headers={"cache-control": KEPT_FOR_GOOD})
    return _file(name)


@cache
def _charts_name() -> str:
    return f"plotly-{version('plotly')}.js"


@cache
def _charts_file() -> FilePath:
    """Of the installed package, which is found and never imported: this process draws nothing."""
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    return FilePath(spec.origin).parent / "package_data" / "plotly.min.js"


def _file(name: str) -> Response:
    found = _parts().get(name)
    if found is None:
        raise NotFound(f"the page has no part '{name}'", remedy="Open / for the page.")
    return Response(found, media_type=TYPES[PurePath(name).suffix])


@cache
def _parts() -> dict[str, bytes]:
    folder = files("routers").joinpath("page")
    return {part.name: part.read_bytes() for part in folder.iterdir() if PurePath(part.name).suffix in TYPES}
