"""Payoffs of any contracts against a reference that plays every score; and what must be true of any of them."""

from collections.abc import Iterator
from random import Random
from typing import get_args

import msgspec

from app.domain.games import Game
from app.domain.links import Link
from app.domain.propositions import Kind, Polarity
from app.domain.settlements import FOREVER, Payout, RulesVerdict, Terms
from app.settlement import payoffs
from app.settlement.turning import turned
from tests.app.settlement.legs import EPL, KALSHI, NBA, NFL, POLYMARKET, leg, no
from tests.app.settlement.references import Reference

CASES = 10_000
PAYOUTS: tuple[Payout, ...] = get_args(Payout)
ONE_FIGURE: tuple[tuple[Kind, ...], ...] = (("moneyline", "draw", "spread"), ("total",), ("team_total",))
ALL_KINDS: tuple[Kind, ...] = get_args(Kind)


def cases(seed: int, *kinds: tuple[Kind, ...]) -> Iterator[tuple[Random, Game, list[Link]]]:
    """Some contracts of one game, ten thousand times, the same in every run."""
    chance = Random(seed)
    for _ in range(CASES):
        of, asked = chance.choice((NBA, NFL, EPL)), chance.choice(kinds)
        yield chance, of, [contract(chance, of, asked) for _ in range(chance.randint(1, 4))]


def contract(chance: Random, of: Game, kinds: tuple[Kind, ...]) -> Link:
    kind, line = chance.choice(kinds), chance.randint(0, 2)
    is_about_one = kind in ("moneyline", "spread", "team_total")
    side = "home" if kinds == ("team_total",) else chance.choice(("home", "away"))
    polarity: Polarity = chance.choice(("yes", "no"))
    return leg(
        chance.choice((KALSHI, POLYMARKET)),
        terms(chance, of),
        of=of,
        side=side if is_about_one else "",
        kind=kind,
        points={"spread": -line - 0.5, "total": 2 * line + 2.5, "team_total": line + 0.5}.get(kind),
        polarity=polarity,
        outcome="Yes" if polarity == "yes" else "No",
    )


def terms(chance: Random, of: Game) -> Terms:
    return Terms(
        overtime=of is not EPL,
        tie=chance.choice(PAYOUTS),
        window=chance.choice((0, 48, 336, FOREVER)),
        late=chance.choice(PAYOUTS),
        cancelled=chance.choice(PAYOUTS),
        abandoned=tuple(chance.sample(PAYOUTS, chance.randint(1, 2))),
    )


def by_result(link: Link) -> Link:
    """The same, and a tie is nothing of its own: points and margins depend on each other, and are taken as if not."""
    assert link.terms is not None
    return msgspec.structs.replace(link, terms=msgspec.structs.replace(link.terms, tie="result"))


def test_least_worst_and_tails_are_those_of_every_score() -> None:
    for _, of, made in cases(1, *ONE_FIGURE):
        links = [link if link.proposition.kind in ONE_FIGURE[0] else by_result(link) for link in made]
        table, truth = payoffs(of, links), Reference(of, links)
        found: dict[str, list[int]] = {}
        for tail in table.tails:
            found.setdefault(tail.ending, []).append(tail.worst.total)
        assert (table.least, found, table.worst.total) == (truth.least, truth.tails, truth.worst), links


def test_of_different_figures_no_loss_is_ever_left_out() -> None:
    for _, of, links in cases(2, ALL_KINDS):
        table, truth = payoffs(of, links), Reference(of, links)
        assert table.least <= truth.least, links
        assert table.worst.total <= truth.worst, links
        assert table.least == min(each.total for each in table.scenarios if each.ending in ("played", "tie"))
        for tail in table.tails:
            assert tail.worst.total < table.least, links
            assert tail.worst in table.scenarios
            assert (0 < tail.chance < 0.05, len(tail.expects)) == (True, len(links))
        assert all(0 <= paid <= 10_000 for scenario in table.scenarios for paid in scenario.pays)
        assert payoffs(of, links) is table  # the same question again costs next to nothing


def test_complements_with_equal_terms_are_never_less_than_a_dollar_when_neutral() -> None:
    verdicts: dict[bool, set[RulesVerdict]] = {True: set(), False: set()}
    for number, (chance, of, (first, *_)) in enumerate(cases(3, *ONE_FIGURE)):
        said, is_one_venue = terms(chance, of), number % 2 == 0
        yes = msgspec.structs.replace(first, terms=said, polarity="yes", outcome="Yes")
        other = no(yes, turned(said))
        if not is_one_venue:
            other = msgspec.structs.replace(other, venue=KALSHI if yes.venue == POLYMARKET else POLYMARKET)
        table = payoffs(of, [yes, other])
        verdicts[is_one_venue].add(table.verdict)
        is_sure = table.least == 10_000 or (said.tie == "fair" and not is_one_venue)
        assert is_sure, (yes, other)
        assert table.worst.total >= table.least or table.verdict == "tail", (yes, other)
    assert verdicts == {True: {"neutral"}, False: {"neutral", "tail"}}
