"""Everything that may stand against a signal, as small named controls in order; the first that objects gives the
refusal its name. What a control says is for people, with the figures."""

from collections.abc import Callable, Iterator

from app.domain.money import Money, money_text, price_text, size_text
from app.domain.orders import Order
from app.domain.prices import MILLISECOND, SECOND
from app.domain.risks import Halt
from app.domain.signals import Check, Signal
from app.execution.exposures import Staked, places_staked
from app.execution.standings import Cap, Standing, caps_at, dollars, drawn_down, ordered_enough

Control = Callable[[Signal, Standing], str | None]  # why not, or None; its name is the reason's

DAYS = 365  # of a year, for the cash rate
_MONEY_PER_PRICE = 100  # Money units in one unit of Price


def checked(signal: Signal, standing: Standing, *, is_sized: bool = False) -> tuple[Check, ...]:
    """What each control says; of caps nothing where the sizing has kept to them just now."""
    said: list[Check] = []
    for control, passed in PASSED:
        why = control(signal, standing)
        said.append(passed if why is None else _said(control.__name__, why))
    if not is_sized:
        said += _capped(signal, standing)
    return tuple(said)


def _said(name: str, why: str | None) -> Check:
    return Check(name, why is None, why or "")


def halted(signal: Signal, standing: Standing) -> str | None:
    for halt in standing.halts:
        if covers(halt, signal):
            what = " ".join(filter(None, (halt.scope, halt.name)))
            by = ", ".join(filter(None, (halt.halted_by, halt.halted_at)))
            return f"{what}: {halt.reason} ({by})"
    return None


def covers(halt: Halt, opened: Signal | Order) -> bool:
    """Whether a halt speaks of what a signal, or an order, would open."""
    match halt.scope:
        case "all":
            return True
        case "venue":
            venues = [leg.venue for leg in opened.legs] if isinstance(opened, Signal) else [opened.venue]
            return halt.name in venues
        case "league":
            return opened.league == halt.name
        case "game":
            return opened.game_id == halt.name


def watch_only(signal: Signal, standing: Standing) -> str | None:
    if standing.is_paper or signal.account != "model":
        return None
    return "fair values trade on paper only, also those of a model that has beaten the market"


def expired(signal: Signal, standing: Standing) -> str | None:
    late = standing.now - signal.expires_at
    return f"{late / MILLISECOND:.0f} ms too late" if late >= 0 else None


def link_verdict(signal: Signal, _: Standing) -> str | None:
    for leg in signal.legs:
        if leg.verdict != "tradable":
            return f"{leg.contract_id} is {leg.verdict}"
    return None


def rules(signal: Signal, _: Standing) -> str | None:
    if signal.rules == "unknown":
        return "what the rules pay is not known"
    if signal.rules == "neutral" and signal.detector != "fair_value" and signal.worst < 0:
        return f"said to be neutral, and {dollars(Money(-signal.worst))} are lost when {signal.worst_scenario}"
    return None


def doubt(signal: Signal, _: Standing) -> str | None:
    for leg in signal.legs:
        if leg.quote.doubt is not None:
            return f"the book of {leg.contract_id} is in doubt: {leg.quote.doubt}"
    return None


def age(signal: Signal, standing: Standing) -> str | None:
    """A leg is as old as it was when the signal was found, and what has passed since; a moment that lies ahead is of
    another clock, and no younger."""
    oldest, *others = signal.legs
    for leg in others:
        if leg.age > oldest.age:
            oldest = leg
    is_now = oldest.age + abs(standing.now - signal.found_at)
    most = standing.limits.max_age_ms
    if is_now <= most * MILLISECOND:
        return None
    return f"{oldest.contract_id} was proved {is_now / MILLISECOND:.0f} ms ago, {most} are allowed"


def skew(signal: Signal, standing: Standing) -> str | None:
    most = standing.limits.max_skew_ms
    if signal.skew <= most * MILLISECOND:
        return None
    return f"the legs were proved {signal.skew / MILLISECOND:.0f} ms apart, {most} are allowed"


def entry_price(signal: Signal, standing: Standing) -> str | None:
    most = standing.limits.max_entry_price
    for leg in signal.legs:
        if leg.limit > most:
            return f"{leg.contract_id} at {price_text(leg.limit)}, {price_text(most)} are allowed"
    return None


def min_edge(signal: Signal, standing: Standing) -> str | None:
    least = max(1, standing.limits.min_edge * _MONEY_PER_PRICE)
    if signal.unit_edge >= least:
        return None
    return f"{money_text(signal.unit_edge)} a contract after fees, {money_text(Money(least))} are asked"


def min_size(signal: Signal, standing: Standing) -> str | None:
    least = max(1, standing.limits.min_size)
    if signal.size >= least:
        return None
    return f"{size_text(signal.size)} contracts, {size_text(standing.limits.min_size)} are asked"


def min_profit(signal: Signal, standing: Standing) -> str | None:
    """What the tails cost on average is taken off first."""
    least, profit = max(1, standing.limits.min_profit), Money(signal.profit - signal.tail_cost)
    if profit >= least:
        return None
    off = f" less {dollars(signal.tail_cost)} for the tails" if signal.tail_cost else ""
    return f"{dollars(signal.profit)}{off}, {dollars(Money(least))} are asked"


def cash_rate(signal: Signal, standing: Standing) -> str | None:
    a_year, asked = signal.return_per_day * DAYS, standing.limits.cash_rate
    return None if a_year > asked else f"{a_year:.2%} a year while it is locked up, cash has {asked:.2%}"


def max_stake(signal: Signal, standing: Standing) -> str | None:
    limit, stake = standing.limits.max_stake, signal.stake
    return None if stake <= limit else _over(Cap("max_stake", "in one signal", limit), stake)


def max_tail_loss(signal: Signal, standing: Standing) -> str | None:
    limit, loss = standing.limits.max_tail_loss, Money(-signal.worst)
    return None if loss <= limit else _over(Cap("max_tail_loss", "in the worst scenario of one signal", limit), loss)


def cool_down(signal: Signal, standing: Standing) -> str | None:
    """A loss says something of the league at that venue: that account waits there for a while."""
    held, wait = standing.holdings.get(signal.account), standing.limits.cool_down_s
    for loss in held.losses if held is not None else ():
        since = standing.now - loss.at
        is_here = loss.league == signal.league and any(leg.venue == loss.venue for leg in signal.legs)
        if is_here and since < wait * SECOND:
            return f"a loss in {loss.league} at {loss.venue} {since / SECOND:.0f} s ago, {wait} s are waited"
    return None


def hard_drawdown(signal: Signal, standing: Standing) -> str | None:
    return drawn_down(signal.account, standing)


def order_rate(signal: Signal, standing: Standing) -> str | None:
    return ordered_enough(len(signal.legs), standing)


def self_trade(signal: Signal, standing: Standing) -> str | None:
    """We would pay twice for what cancels out, or trade with an order of our own."""
    for leg in signal.legs:
        for other in standing.exposures.others_in(leg.market_id, leg.contract_id):
            return f"{leg.contract_id} is asked, and {other} of the same market is held or was just asked"
    return None


def places_of(signal: Signal) -> Staked:
    """Where the cost of a signal counts."""
    legs = tuple([(leg.venue, leg.market_id) for leg in signal.legs])
    costs = [Money(leg.cost + leg.fee) for leg in signal.legs]
    return places_staked(signal.account, signal.game_id, signal.league, legs, costs)


def _capped(signal: Signal, standing: Standing) -> Iterator[Check]:
    """The sizing has kept to these; but another signal may have come first, or another process has sized this one."""
    places, said = dict(places_of(signal)), dict[str, str | None]()
    for place, cap in caps_at(places, standing):
        said[cap.name] = said.get(cap.name) or _over(cap, places[place])
    return (_said(name, why) for name, why in said.items())


def _over(cap: Cap, asked: Money) -> str | None:
    return f"{dollars(asked)} are asked, {cap}" if asked > cap.room else None


CONTROLS: tuple[Control, ...] = (
    halted,
    watch_only,
    expired,
    link_verdict,
    rules,
    doubt,
    age,
    skew,
    entry_price,
    min_edge,
    min_size,
    min_profit,
    cash_rate,
    cool_down,
    hard_drawdown,
    order_rate,
    self_trade,
    max_stake,
    max_tail_loss,
)
PASSED = tuple((control, Check(control.__name__, True)) for control in CONTROLS)
