"""What is to be another way than it was on the tape: `risk.kelly_fraction=0.1`, `paper.kalshi_ms=200`.

>>> changes_of(["risk.kelly=0.1", "paper.kalshi_ms=200"]).said
{'risk.kelly_fraction': 0.1, 'paper.kalshi_ms': 200.0}
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from pydantic import ValidationError

from app.domain.exit_rules import OF_MODEL, rules_changed, rules_shown
from app.domain.limits import Written, limits_changed, limits_shown
from app.domain.positions import ExitRules
from app.domain.prices import SECOND
from app.domain.questions import NOT_KNOWN, Fault, QuestionRefused
from app.domain.risks import RiskLimits
from app.settings import PaperSettings, PricesSettings

SHORT = {"risk.kelly": "risk.kelly_fraction"}
NOTHING_WRITTEN = frozenset({"none", "null"})

_RISK = limits_shown(RiskLimits())
_EXITS = rules_shown(OF_MODEL)
_PAPER = PaperSettings.model_fields
_PRICES = ("fresh", "silence")

Value = Written | tuple[str, ...] | None
Said = dict[str, Value]


class Changes(msgspec.Struct, frozen=True):
    """`said`: each setting by its full name, as it is to be. What is not named stays as it is on the tape, or as it is
    built in where the tape does not tell."""

    said: Said = {}

    def __bool__(self) -> bool:
        return bool(self.said)

    def limits(self, before: RiskLimits) -> RiskLimits:
        """The tape's limits with what is to be another way; their version stays."""
        changed = self._of("risk")
        return (
            before if not changed else msgspec.structs.replace(limits_changed(before, changed), version=before.version)
        )

    @property
    def paper(self) -> PaperSettings:
        """How venues answer on paper."""
        return PaperSettings(**self._of("paper"))

    @property
    def exit_rules(self) -> ExitRules | None:
        """When positions that a fair value has opened are sold; None: as ever."""
        changed = self._of("exits")
        return rules_changed(OF_MODEL, changed) if changed else None

    @property
    def fresh_within(self) -> int:
        """Nanoseconds, of a quote that an exit may rest on."""
        return round(self._prices().fresh * SECOND)

    @property
    def patience(self) -> int | None:
        """Nanoseconds of silence that a lane is granted; None: as on the tape."""
        return round(self._prices().silence * SECOND) if "prices.silence" in self.said else None

    def _prices(self) -> PricesSettings:
        return PricesSettings(**self._of("prices"))

    def _of(self, group: str) -> dict[str, Any]:
        return {name.partition(".")[2]: value for name, value in self.said.items() if name.startswith(f"{group}.")}


def changes_of(written: Iterable[str]) -> Changes:
    """Of `name=value` each; the last word on a name counts. Raises QuestionRefused with everything that cannot be, and
    for an unknown name with those that there are."""
    said: Said = {}
    for one in written:
        name, mark, value = one.partition("=")
        name = SHORT.get(name.strip(), name.strip())
        if not mark:
            raise QuestionRefused([Fault("set", f"{one[:60]!r} is not `name=value`")])
        said[name] = _read(name, value.strip())
    return checked(Changes(said))


def checked(changes: Changes) -> Changes:
    """The same, if all of it can be. Raises QuestionRefused."""
    try:
        changes.limits(RiskLimits())
        _ = (changes.paper, changes.exit_rules, changes.fresh_within)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise QuestionRefused([Fault(f"set.{field}", str(first["msg"]))]) from None
    return changes


def names() -> Sequence[str]:
    """Everything that can be set."""
    return [f"{group}.{name}" for group, known in _GROUPS.items() for name in known]


def _read(name: str, value: str) -> Value:
    group, _, field = name.partition(".")
    if group not in _GROUPS or field not in _GROUPS[group]:
        raise QuestionRefused([Fault("set", f"{name[:60]!r} {NOT_KNOWN}; there are: {', '.join(names())}")])
    try:
        return _READ[group](field, value)
    except ValueError:
        raise QuestionRefused([Fault(f"set.{name}", f"{value[:60]!r} is no number")]) from None


def _read_limit(field: str, value: str) -> Written:
    known = _RISK[field]
    return value if isinstance(known, str) else type(known)(value)


def _read_rule(field: str, value: str) -> Value:
    if field == "on_game_states":
        return tuple(filter(None, value.split("+")))
    if value.casefold() in NOTHING_WRITTEN:
        return None
    if field == "slip":
        return value
    return int(value) if field.endswith("_s") else float(value)


_GROUPS: Mapping[str, Iterable[str]] = {"risk": _RISK, "paper": _PAPER, "exits": _EXITS, "prices": _PRICES}
_READ: Mapping[str, Callable[[str, str], Value]] = {
    "risk": _read_limit,
    "exits": _read_rule,
    "paper": lambda _, value: float(value),
    "prices": lambda _, value: float(value),
}
