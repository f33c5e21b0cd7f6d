"""Every call that the API's own document names."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

PARAMETERS = {"venue": "kalshi", "day": "2026-01-09"}  # what is checked before anything else


class Call(NamedTuple):
    """One method at one path. `fields`: of its body, if it takes one; `query`, `parts`: names."""

    method: str
    path: str
    query: tuple[str, ...]
    parts: tuple[str, ...]
    fields: tuple[str, ...] | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, values: Mapping[str, str] | None = None) -> str:
        """The path with something in each of its places."""
        return self.path.format(**{part: (values or PARAMETERS).get(part, "x") for part in self.parts})


def calls_of(document: Mapping[str, Any]) -> Iterator[Call]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            parameters = said.get("parameters", [])
            names = {place: tuple(p["name"] for p in parameters if p["in"] == place) for place in ("query", "path")}
            body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            fields = None if body is None else tuple(_fields(document, body))
            yield Call(method.upper(), path, names["query"], names["path"], fields)


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    for each in (schema, *schema.get("anyOf", ())):
        if reference := each.get("$ref"):
            return list(document["components"]["schemas"][reference.rpartition("/")[2]].get("properties", {}))
    return list(schema.get("properties", {}))
