"""What the market searcher says when a venue charges something else than before."""

import logging
from collections.abc import Iterable, Sequence

from app.clock import moment_of
from app.domain.fees import RATE_UNITS, FeeSchedule
from app.domain.markets import Market, MarketId, VenueId
from app.domain.operations import Round
from app.domain.prices import Nanos
from app.resources import Resources

log = logging.getLogger(__name__)


async def record_fees(resources: Resources, markets: Iterable[Market], done: Round) -> None:
    """Write down what the markets charge. Where that is another than before, it is logged and told as a trouble, once
    for all markets that it is the same for. Raises HistoryUnavailable."""
    changes = await resources.recorder.record_fees(markets, resources.clock())
    alike: dict[tuple[VenueId, FeeSchedule, FeeSchedule], list[MarketId]] = {}
    for change in changes:
        alike.setdefault((change.venue, change.before, change.after), []).append(change.market_id)
    for (venue, before, after), changed in alike.items():
        _tell(venue, before, after, changed, done)


def _tell(venue: VenueId, before: FeeSchedule, after: FeeSchedule, changed: Sequence[MarketId], done: Round) -> None:
    said = {"before": describe(before), "after": describe(after)}
    log.warning("fee schedule changed", extra={"venue": venue, "market": changed[0], "markets": len(changed), **said})
    done.counts["fee_changes"] += len(changed)
    others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    done.troubles.append(f"{venue} {changed[0]}{others}: fees changed from {said['before']} to {said['after']}")


def describe(fees: FeeSchedule) -> str:
    """`taker 0.035, maker 0.00875`, and what else is not usual."""
    words = [f"taker {fees.taker / RATE_UNITS:g}", f"maker {fees.maker / RATE_UNITS:g}"]
    if fees.exponent != 1:
        words.append(f"exponent {fees.exponent}")
    if fees.waived_until:
        words.append(f"none until {moment_of(Nanos(fees.waived_until)):%Y-%m-%d %H:%M} UTC")
    return ", ".join(words) + (f" ({fees.source})" if fees.source else "")
