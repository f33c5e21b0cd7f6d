"""How each venue's prices are heard: out of what its monitor counts, whose words differ by venue."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.operations import Beat

PRICES: JsonDict = {
    "feed": "kalshi",
    "age": 0.8,
    "frames": 25126,
    "books": 116,
    "fresh": 100,
    "connections": 2,
    "reconnects": 1,
    "gaps": 1,
    "resyncs": 3,
    "quarantined": {"paused": 16},
    "skew_ms": 12,
}

LOST = ("lost_connections", "connections_lost")
QUARANTINED, DOUBTED = "quarantined_", "doubted_"
NO_FAULT = "doubted_paused"  # the market has stopped: nothing is wrong with its book


class PriceFeedAnswer(BaseModel):
    """The prices of one venue, as this platform hears them; counts are since its process started."""

    model_config = ConfigDict(json_schema_extra={"example": PRICES})

    feed: str
    age: float | None = Field(description="Seconds since its monitor has last looked; null: nobody follows it.")
    frames: int = Field(0, description="Messages heard.")
    books: int = Field(0, description="Followed, and known.")
    fresh: int = Field(0, description="Of them: those that the venue has proved a moment ago.")
    connections: int = Field(0, description="Opened.")
    reconnects: int = Field(0, description="Lost, and opened anew.")
    gaps: int = Field(0, description="Messages that were missed, by the venue's own numbers.")
    resyncs: int = Field(0, description="Books that were read anew because something was wrong with them.")
    quarantined: dict[str, int] = Field({}, description="Books that nobody may use now, by reason.")
    skew_ms: int | None = Field(None, description="How far the venue's clock is ahead of ours.")


def price_feed_answers(feeds: Sequence[str], beats: Sequence[Beat], now: datetime) -> list[PriceFeedAnswer]:
    """One for each venue, in their order."""
    newest = {beat.worker: beat for beat in sorted(beats, key=lambda beat: beat.at)}
    return [_answer(feed, newest.get(f"{feed}_monitor"), now) for feed in feeds]


def _answer(feed: str, beat: Beat | None, now: datetime) -> PriceFeedAnswer:
    if beat is None:
        return PriceFeedAnswer(feed=feed, age=None)
    counts = Counter(beat.counts)
    read_anew = sum(n for name, n in counts.items() if name.startswith(DOUBTED) and name != NO_FAULT)
    return PriceFeedAnswer(
        feed=feed,
        age=round(max(0.0, (now - beat.at).total_seconds()), 1),
        **{name: counts[name] for name in ("frames", "books", "fresh", "connections", "gaps")},
        reconnects=sum(counts[name] for name in LOST),
        resyncs=counts["resyncs"] + read_anew,
        quarantined={
            name.removeprefix(QUARANTINED): n for name, n in counts.items() if name.startswith(QUARANTINED) and n
        },
        skew_ms=beat.counts.get("skew_ms"),
    )
