"""A matcher behind a URL: pairs as `POST /match` and `POST /match/batch` take them, listings one by one."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import httpx
import msgspec

from benchmarks.matching.listings import Claim, Listing
from benchmarks.matching.pairs import Pair

A_BATCH = 500  # pairs
NO_BATCH = frozenset({404, 405, 501})
PATIENCE = 60.0  # seconds


def ask_pairs(url: str, pairs: Sequence[Pair], key: str = "") -> list[tuple[bool | None, float]]:
    """What is said of each pair, with its confidence. `/batch` behind the URL is used where there is one; a host alone
    is asked as Crosscourt is, at `/match`. Raises httpx.HTTPError."""
    url = url.rstrip("/") if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/match"
    with _client(key) as client:
        answers: list[tuple[bool | None, float]] = []
        for start in range(0, len(pairs), A_BATCH):
            some = pairs[start : start + A_BATCH]
            together = _together(client, url, some)
            answers.extend(_one_by_one(client, url, some) if together is None else together)
        return answers


def ask_listings(url: str, listings: Sequence[Listing], key: str = "") -> list[Claim]:
    """The listing without its answer is posted, a claim comes back; null or `{}` leaves it out. Raises as
    `ask_pairs`."""
    with _client(key) as client:
        return [_claim(_posted(client, url, question_of(listing))) for listing in listings]


def question_of(listing: Listing) -> dict[str, object]:
    """What a linker is asked: the listing without what gives the answer away."""
    said: dict[str, object] = msgspec.to_builtins(listing)
    return {name: value for name, value in said.items() if name not in ("answer", "tests", "why")}


def _client(key: str) -> httpx.Client:
    return httpx.Client(headers={"X-API-Key": key} if key else {}, timeout=PATIENCE)


def _claim(said: object) -> Claim:
    return msgspec.convert(said or {}, Claim)


def _together(client: httpx.Client, url: str, pairs: Sequence[Pair]) -> list[tuple[bool | None, float]] | None:
    answer = client.post(f"{url}/batch", json={"pairs": [_question(pair) for pair in pairs]})
    if answer.status_code in NO_BATCH:
        return None
    answer.raise_for_status()
    return [_said(entry.get("answer") or {}) for entry in answer.json()["entries"]]


def _one_by_one(client: httpx.Client, url: str, pairs: Sequence[Pair]) -> Iterator[tuple[bool | None, float]]:
    for pair in pairs:
        said = _posted(client, url, _question(pair))
        yield _said(said if isinstance(said, dict) else {})


def _posted(client: httpx.Client, url: str, body: object) -> object:
    answer = client.post(url, json=body)
    answer.raise_for_status()
    return answer.json()


def _question(pair: Pair) -> dict[str, str]:
    return {"target": pair.a, "candidate": pair.b, "sport": pair.sport}


def _said(answer: dict[str, object]) -> tuple[bool | None, float]:
    verdict, confidence = answer.get("is_match"), answer.get("confidence", 1.0)
    return None if verdict is None else bool(verdict), float(confidence)  # type: ignore[arg-type]
