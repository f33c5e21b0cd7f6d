"""What Polymarket charges: `rate x shares x (p (1 - p))^exponent` of the taker, by each market's own `feeSchedule`."""

import msgspec

from app.domain.fees import RATE_UNITS, FeeSchedule
from app.domain.parsing import read_number
from app.venues.polymarket import wire

FIFTH_DECIMAL = 10  # micro-dollars: fees are told in five decimals, and one below the last of them is none
HIGHEST_EXPONENT = 4  # 1 is all that was seen; anything far from it is a misunderstanding
FREE = FeeSchedule(taker=0, step=FIFTH_DECIMAL, least=FIFTH_DECIMAL, source="no fees")


def schedule_of(market: wire.Market) -> FeeSchedule | None:
    """A market's fees; None when it does not say what it charges in a way that we understand."""
    if market.fees_enabled is False:
        return FREE
    try:
        told = msgspec.convert(market.fee_schedule, wire.FeeSchedule)
    except msgspec.ValidationError:
        return None
    rate, exponent = read_number(told.rate), read_number(told.exponent)
    if rate is None or not 0 <= rate <= 1:
        return None
    if exponent is None or exponent not in range(1, HIGHEST_EXPONENT + 1):
        return None
    taker = round(rate * RATE_UNITS)
    return FeeSchedule(
        taker=taker,
        maker=0 if told.taker_only else taker,
        exponent=int(exponent),
        step=FIFTH_DECIMAL,
        least=FIFTH_DECIMAL,
        source=market.fee_type or "feeSchedule",
    )
