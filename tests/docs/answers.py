"""JSON as pages show it, with `…` for what is left out, beside JSON as it is answered."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Json = Any
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|…|[^"…]+')


def shown_in(text: str) -> list[Json]:
    """Every value in the text, one after the other. Raises ValueError."""
    tokens = [token for token in TOKEN.findall(text) if token != "…"]
    plain = re.sub(r",(\s*,)+", ",", "".join(tokens))
    plain = re.sub(r",\s*([\]}])", r"\1", re.sub(r"([\[{])\s*,", r"\1", plain))
    decoder, found = json.JSONDecoder(), []
    while plain := plain.lstrip():
        value, end = decoder.raw_decode(plain)
        found.append(value)
        plain = plain[end:]
    return found


def answers_in(text: str) -> Iterator[Json]:
    """Every object or list that begins a line of what a command has written."""
    for start in re.finditer(r"^[< ]*(?=[\[{])", text, re.MULTILINE):
        try:
            yield json.JSONDecoder().raw_decode(text[start.end() :])[0]
        except ValueError:
            continue


def is_borne_out(shown: Json, answers: Iterable[Json]) -> bool:
    """Whether something of what was answered, or a part of it, has all that is shown."""
    return any(_fits(shown, part) for answer in answers for part in _parts(answer))


def _parts(answer: Json) -> Iterator[Json]:
    if isinstance(answer, dict | list):
        yield answer
        for each in answer.values() if isinstance(answer, dict) else answer:
            yield from _parts(each)


def _fits(shown: Json, answered: Json) -> bool:
    """The same names of the same kinds of values; one message is not another. Numbers, texts and null may differ."""
    if isinstance(shown, dict):
        if not isinstance(answered, dict):
            return answered is None
        if any(":" in name for name in shown):  # names of things of that evening
            return all(any(_fits(value, other) for other in answered.values()) for value in shown.values())
        return shown.get("type") == answered.get("type") and all(
            name in answered and _fits(value, answered[name]) for name, value in shown.items()
        )
    if isinstance(shown, list):
        if not isinstance(answered, list):
            return False
        return not answered or all(any(_fits(each, other) for other in answered) for each in shown)
    if shown is None or answered is None:
        return not isinstance(answered, dict | list)
    return isinstance(answered, type(shown)) or {type(shown), type(answered)} == {int, float}
