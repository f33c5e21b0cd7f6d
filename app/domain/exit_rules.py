"""When positions are sold, as people write and change it: shares as numbers, the slip in dollars, null for "never".

>>> rules_shown(ExitRules(stop=0.5))["stop"], rules_shown(ExitRules())["slip"]
(0.5, '0.0200')
>>> rules_changed(ExitRules(), {"take_profit": 0.3, "slip": "0.01"}).slip
100
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from app.domain.money import price, price_text
from app.domain.orders import AccountId
from app.domain.positions import ExitRules
from app.domain.questions import NOT_KNOWN, Fault, QuestionRefused
from app.domain.signals import Detector

GAME_STATES = ("postponed", "suspended", "cancelled", "delayed")

# Legs of a hedge are held until they are paid: whoever sells one alone has an open bet in its place.
HELD = ExitRules()

# A fair value claims a few cents of edge, and its price swings by tens of them in any game. A narrow stop would sell
# each swing, and pay spread and fee for it; where half is lost the game has gone another way than the estimate had it.
# Of the best that there was a third may be given back. Beyond 40% it is luck, which no edge explains. What the market
# pays more for than it should be worth is sold. A game that is not played ends at a price that nobody has estimated.
# Nothing is sold only because the end is near: a sale costs a fee, and a settlement none.
OF_MODEL = ExitRules(
    stop=0.5,
    trailing_stop=0.35,
    take_profit=0.4,
    edge_gone=0.02,
    on_game_states=("postponed", "suspended", "cancelled"),
)

# What somebody has bought himself is his to sell; a stop stands guard while he is away.
OF_PEOPLE = ExitRules(stop=0.5)


def default_rules(account: AccountId, detector: Detector | None) -> ExitRules:
    """The rules of a position that has none of its own. What kind of bet opened it decides, whatever account it is in;
    what is in the account `arbitrage` without any is the rest of a hedge."""
    if detector == "fair_value":
        return OF_MODEL
    return HELD if detector is not None or account == "arbitrage" else OF_PEOPLE


def stored_rules(rules: ExitRules) -> dict[str, object]:
    """As a JSONB column takes them."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in msgspec.structs.asdict(rules).items()
    }


def read_rules(written: Mapping[str, object]) -> ExitRules:
    """What `stored_rules` gave; names that this version does not know are passed over."""
    known = {name: written[name] for name in ExitRules.__struct_fields__ if name in written}
    return msgspec.convert(known, ExitRules)


def rules_shown(rules: ExitRules) -> Mapping[str, object]:
    """Each rule as people write it."""
    return {**stored_rules(rules), "slip": price_text(rules.slip)}


def rules_changed(before: ExitRules, changes: Mapping[str, object]) -> ExitRules:
    """The rules with these changes. Raises QuestionRefused with everything that cannot be."""
    faults = [fault for name, value in changes.items() for fault in _faults(name, value)]
    if faults:
        raise QuestionRefused(faults)
    read = {name: price(str(value)) if name == "slip" else value for name, value in changes.items()}
    return read_rules({**stored_rules(before), **read})


class _Range(NamedTuple):
    """Numbers that make sense; with `is_whole` no fractions, with `is_needed` no null."""

    least: float
    most: float
    is_whole: bool = False
    is_needed: bool = False


_RANGES: Mapping[str, _Range] = {
    "stop": _Range(0.01, 1),
    "trailing_stop": _Range(0.01, 1),
    "take_profit": _Range(0.01, 100),
    "after_s": _Range(1, 31_536_000, is_whole=True),
    "edge_gone": _Range(0, 1),
    "before_close_s": _Range(1, 86_400, is_whole=True),
    "hold_s": _Range(0, 3_600, is_whole=True, is_needed=True),
}
_PLAIN = re.compile(r"[01](\.[0-9]{1,4})?")


def _faults(name: str, value: object) -> Iterator[Fault]:
    field = f"exit_rules.{name[:60]}"
    if name in _RANGES:
        yield from (Fault(field, said) for said in _fault_of_number(value, _RANGES[name]))
    elif name == "slip":
        if not isinstance(value, str) or not _PLAIN.fullmatch(value) or not 0 <= price(value) < price(1):
            yield Fault(field, "must be dollars below one as a decimal string, with at most four decimals")
    elif name == "on_game_states":
        if not isinstance(value, list | tuple) or any(state not in GAME_STATES for state in value):
            yield Fault(field, f"must be a list of: {', '.join(GAME_STATES)}")
    else:
        yield Fault(field, NOT_KNOWN)


def _fault_of_number(value: object, allowed: _Range) -> Iterator[str]:
    if value is None and not allowed.is_needed:
        return
    is_number = not isinstance(value, bool) and isinstance(value, int if allowed.is_whole else int | float)
    if not is_number or not allowed.least <= value <= allowed.most:  # type: ignore[operator]  # NaN is in no range
        what = "whole number" if allowed.is_whole else "number"
        null = "" if allowed.is_needed else ", or null"
        yield f"must be a {what} from {allowed.least:g} to {allowed.most:g}{null}"
