"""Two venues count in words of their own; who asks hears the same of both."""

from datetime import UTC, datetime, timedelta

from app.domain.operations import Beat
from routers.price_feeds import PRICES, PriceFeedAnswer, price_feed_answers

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)


def beat(feed: str, age: float = 0.8, **counts: int) -> Beat:
    at = NOW - timedelta(seconds=age)
    worker = f"{feed}_monitor"
    return Beat(worker=worker, process_id=7, host="here", started_at=NOW, at=at, every=1, counts=counts)


def test_what_monitors_count_is_told_in_the_same_words_of_every_venue() -> None:
    kalshi = beat(
        "kalshi",
        frames=25_126,
        books=116,
        fresh=100,
        connections=2,
        lost_connections=1,
        gaps=1,
        doubted_paused=16,
        doubted_crossed=3,
        quarantined_paused=16,
        quarantined_gap=0,
        skew_ms=12,
    )
    polymarket = beat("polymarket", 2, books=69, fresh=69, connections=3, connections_lost=2, resyncs=1)
    told = price_feed_answers(["polymarket", "kalshi"], [kalshi, polymarket], NOW)
    assert told[1] == PriceFeedAnswer.model_validate(PRICES)
    assert told[0] == PriceFeedAnswer(
        feed="polymarket", age=2.0, books=69, fresh=69, connections=3, reconnects=2, resyncs=1
    )


def test_of_several_beats_the_newest_tells_and_without_any_nothing_is_known() -> None:
    told = price_feed_answers(["polymarket", "kalshi"], [beat("kalshi", 1, books=2), beat("kalshi", 9, books=1)], NOW)
    assert [(each.feed, each.age, each.books) for each in told] == [("polymarket", None, 0), ("kalshi", 1.0, 2)]
