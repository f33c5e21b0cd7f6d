"""How long a signal took from the venue's word to the fill that was told: out of what is written down of it."""

from collections.abc import Mapping
from datetime import datetime

from app.clock import nanos_of
from app.domain.markets import VenueId
from app.domain.orders import OrderId
from app.domain.prices import Nanos
from app.domain.signals import Judged
from app.domain.traces import OrderSteps, StageName, Trace, traced
from app.errors import HotStoreUnavailable
from app.history.database import Database
from app.history.traces import Noted, read_steps
from app.hot.stages import OrderStages
from app.hot.state import HotState

NEVER = Nanos(0)


async def trace_of(history: Database, hot: HotState, judged: Judged) -> Trace:
    """Of one signal, whether or not it was traded. Raises HistoryUnavailable; what Redis remembers of its orders is
    left open while that is away."""
    noted = await read_steps(history, judged.signal.id)
    try:
        stages = await hot.stages_of([OrderId(each.order_id) for each in noted])
    except HotStoreUnavailable:
        stages = {}
    orders = [_steps(each, stages.get(OrderId(each.order_id))) for each in noted]
    account = noted[0].account if noted else judged.signal.account
    return traced(judged.signal.id, account, _moments(judged, noted[0] if noted else None), orders)


def _moments(judged: Judged, first: Noted | None) -> Mapping[StageName, Nanos]:
    """The quote that was heard last is the one that made the signal."""
    quote = max((leg.quote for leg in judged.signal.legs), key=lambda quote: quote.received_at)
    moments: dict[StageName, Nanos] = {
        "venue": quote.venue_time,
        "received": quote.received_at,
        "found": judged.signal.found_at,
        "judged": judged.at,
    }
    return {**moments, "begun": nanos_of(first.begun)} if first is not None else moments


def _steps(noted: Noted, stages: OrderStages | None) -> OrderSteps:
    moments: dict[StageName, Nanos] = {
        "intended": nanos_of(noted.wanted),
        "accepted": _moment(noted.accepted),
        "filled": _moment(noted.filled),
        "heard": _moment(noted.heard),
    }
    if stages is not None:  # what is durable is sent at once: one moment is noted of both
        moments |= {"durable": stages.sent_at, "sent": stages.sent_at}
        moments |= {"booked": stages.booked_at, "told": stages.told_at}
    return OrderSteps(
        order_id=OrderId(noted.order_id),
        venue=VenueId(noted.venue),
        account=noted.account,
        leg=noted.leg,
        moments=moments,
    )


def _moment(at: datetime | None) -> Nanos:
    return NEVER if at is None else nanos_of(at)
