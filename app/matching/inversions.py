"""The alarm behind the proof of orientation: contracts whose prices say that one of them is on the wrong side.

Every contract of a game is a voice on one statement: its price, or what is left of a dollar, is the chance of it. All
voices on a statement name about the same chance. One whose link is inverted names the mirror image of it, as far above
even as the others are below: opposites trade at one price, equals at opposite ones. That is what is looked for, and
nothing else: venues that merely disagree (one is slow, one is thin) are left to the detectors.

- Near even chances nothing can be told: a voice counts from `CLEAR` away from even. Two honest middles are less than
  0.10 apart: half of each spread (at most 0.10, wider ones have no price), fees of 0.03 that keep the gap open, and the
  venue's own margin. Two mirror images are at least 0.20 apart.
- While the game is on, a price that a venue tells in its listings may be minutes old, and a lead may have changed hands
  since: `CLEAR_IN_PLAY`. Prices of one moment need no more than `CLEAR`.
- `MIRRORED` is how closely one voice must mirror the other.

In a bot's log of quotes on two venues, kept because they seemed far apart, the widest honest gap is 0.24, and of the 7
pairs in 120 that lie on both sides of even none is further from it than 0.08.

Which one is wrong is put to the vote. Each venue has one vote, shared by its voices, since the contracts of one venue
are written from one table; the side with fewer votes is rejected, at a draw both are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from app.domain.links import Link
from app.domain.markets import ContractId, VenueId
from app.domain.propositions import HalfPoints, Kind, Proposition, Scope
from app.domain.teams import Reason, TeamId
from app.matching.linking import PER_DOUBT

CLEAR = 0.10
CLEAR_IN_PLAY = 0.25
MIRRORED = 0.10
_DRAW = 1e-9  # votes are fractions
_DIGITS = 9  # of a chance: 1 - 0.65 is 0.35, from whichever side it is reckoned

FIELD = "price"  # of the reason that a rejected link carries

_TWO_WAY: frozenset[Scope] = frozenset({"game", "s1", "s2", "s3"})  # stretches that one of the two wins
_Statement = tuple[Kind, Scope, HalfPoints | None, TeamId | None]


class Compared(msgspec.Struct, frozen=True):
    """What the prices of a game's contracts say: who is on the wrong side and why, and whom another market bears out.
    Those in neither are contracts whose prices tell nothing. `parties` and `borne_out`: the venues that have spoken, on
    either side of a dispute, or in agreement."""

    inverted: Mapping[ContractId, Reason]
    parties: Mapping[ContractId, frozenset[VenueId]]
    borne_out: Mapping[ContractId, frozenset[VenueId]]


class _Voice(msgspec.Struct, frozen=True):
    """One contract: what it pays for, and the chance that its price gives to the statement."""

    link: Link
    contract_id: ContractId
    price: float
    pays_if_true: bool

    @property
    def chance(self) -> float:
        return round(self.price if self.pays_if_true else 1 - self.price, _DIGITS)


def compare_prices(links: Iterable[Link], prices: Mapping[ContractId, float], clear: float = CLEAR) -> Compared:
    """The links of one game against the prices (probabilities, 0..1) of their contracts. Contracts without a price and
    links that are rejected have no voice. The order of the links makes no difference."""
    inverted: dict[ContractId, Reason] = {}
    parties: dict[ContractId, frozenset[VenueId]] = {}
    borne_out: dict[ContractId, frozenset[VenueId]] = {}
    for voices in _by_statement(links, prices).values():
        high = [voice for voice in voices if voice.chance >= 0.5 + clear]
        low = [voice for voice in voices if voice.chance <= 0.5 - clear]
        right, wrong = _judge(high, low)
        inverted |= {voice.contract_id: reason for voice, reason in wrong}
        parties |= dict.fromkeys((voice.contract_id for voice, _ in wrong), _venues((*high, *low)))
        if len({(voice.link.venue, voice.link.market_id) for voice in right}) > 1:
            borne_out |= dict.fromkeys((voice.contract_id for voice in right), _venues(right))
    return Compared(inverted, parties, borne_out)


def rejected(link: Link, reason: Reason | None) -> Link:
    """The link with what its price says: rejected, whatever anybody said of it before; as it is without a reason."""
    if reason is None:
        return link
    told = tuple(one for one in link.reasons if one.field != FIELD)
    confidence = round(link.confidence * PER_DOUBT, 4) if len(told) == len(link.reasons) else link.confidence
    matched = link.matched_verdict and "rejected"
    return msgspec.structs.replace(
        link, verdict="rejected", matched_verdict=matched, confidence=confidence, reasons=(*told, reason)
    )


def _by_statement(links: Iterable[Link], prices: Mapping[ContractId, float]) -> dict[_Statement, list[_Voice]]:
    heard = {
        link.contract_id: link for link in links if link.contract_id and link.polarity and link.verdict != "rejected"
    }
    one_team = min(
        (link.proposition.team_id or "" for link in heard.values() if link.proposition.kind == "moneyline"), default=""
    )
    found: dict[_Statement, list[_Voice]] = {}
    for contract_id in sorted(heard.keys() & prices.keys()):
        link = heard[contract_id]
        statement, is_denied = _statement(link.proposition, one_team)
        if statement is not None:
            voice = _Voice(link, contract_id, prices[contract_id], (link.polarity == "yes") != is_denied)
            found.setdefault(statement, []).append(voice)
    return found


def _statement(said: Proposition, one_team: str) -> tuple[_Statement | None, bool]:
    """What a proposition states, and whether it denies it: where one of two teams wins, the other's win is its denial.
    A part of a game may end level, and then one venue pays half and another nothing: its winners are not compared."""
    if said.kind != "moneyline" or said.scope == "regulation":
        return (said.kind, said.scope, said.line, said.team_id), False
    if said.scope not in _TWO_WAY:
        return None, False
    return (said.kind, said.scope, None, TeamId(one_team)), said.team_id != one_team


def _judge(high: Sequence[_Voice], low: Sequence[_Voice]) -> tuple[Sequence[_Voice], list[tuple[_Voice, Reason]]]:
    """The voices that stand, and those that do not with the reason: the one that speaks against them."""
    disputed = [*_with_mirror_images(high, low), *_with_mirror_images(low, high)]
    if not disputed:
        return (() if high and low else [*high, *low]), []
    sharers = Counter(voice.link.venue for voice, _ in disputed)
    balance = sum((1 if voice.chance > 0.5 else -1) / sharers[voice.link.venue] for voice, _ in disputed)
    right = () if abs(balance) < _DRAW else high if balance > 0 else low
    return right, [(voice, _reason(voice, other)) for voice, other in disputed if voice not in right]


def _with_mirror_images(voices: Sequence[_Voice], others: Sequence[_Voice]) -> Iterator[tuple[_Voice, _Voice]]:
    for voice in voices:
        mirrored = [other for other in others if round(abs(voice.chance + other.chance - 1), _DIGITS) <= MIRRORED]
        if mirrored:
            yield voice, min(mirrored, key=lambda other: (other.link.venue == voice.link.venue, other.contract_id))


def _venues(voices: Iterable[_Voice]) -> frozenset[VenueId]:
    return frozenset(voice.link.venue for voice in voices)


def _reason(voice: _Voice, other: _Voice) -> Reason:
    pays = "pays when" if voice.pays_if_true == other.pays_if_true else "pays unless"
    told = (
        f"trades at {voice.price:.2f} and {pays} {other.link.venue}'s {other.link.market_id} {other.link.outcome} does"
    )
    return Reason(FIELD, "differs", f"{told}, which trades at {other.price:.2f}: one of them is on the wrong side")
