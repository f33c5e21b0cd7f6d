"""Stories that chance tells a trading core: books, doubts, games that come, change and go, people who decide."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.games import Game
from app.domain.inputs import (
    Approved,
    Began,
    Cut,
    Doubted,
    Dropped,
    Followed,
    GameLeft,
    GameTaken,
    Halted,
    Heard,
    Held,
    Input,
    Limited,
    Replaced,
    Seated,
    Snapshot,
    Tick,
)
from app.domain.links import Link
from app.domain.money import Money, Price, Size
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, BookId, LaneId, Level, Listed, Nanos, book_id
from app.domain.risks import DOLLAR, Halt, Holdings, RiskLimits
from app.domain.settlements import Approval, Terms
from tests.app.pipeline.cores import SAME, START, a_game, links_of, total, winner

HALT = Halt(scope="venue", name="kalshi", reason="a test", halted_by="a test", halted_at="2026-11-23T02:00:00Z")
UNREAD = Terms(unread=("Something else.",))


class Story:
    """`tell`: one input after another, each told in the moment that it has."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._now = Nanos(START + 600 * SECOND)
        self._games = [a_game("401"), a_game("402", "epl"), a_game("403", "nfl")]
        self._links = {game.id: self._drawn_links(game) for game in self._games}

    def tell(self, length: int) -> Iterator[Input]:
        yield Began("run", self._now)
        yield Halted((), self._now)
        for game in self._games:
            yield from map(self._followed, self._books(game))
            yield GameTaken(game, self._links[game.id], self._now)
        for _ in range(length):
            yield from self._next()

    @property
    def now(self) -> Nanos:
        return self._now

    def _next(self) -> Sequence[Input]:
        draw = self._draw
        self._now = Nanos(self._now + draw.choice((0, 5, 50, 400, 2_100)) * MILLISECOND)
        game = draw.choice(self._games)
        acts = (self._show, self._change, self._disturb, self._hear, self._turn, self._decide, self._change_book)
        (act,) = draw.choices(acts, (40, 25, 8, 20, 10, 6, 4))
        return act(game)

    def _show(self, game: Game) -> Sequence[Input]:
        middle, draw = self._draw.randrange(20, 80), self._draw
        listed = draw.choice(self._books(game))
        bids, asks = _levels(draw, middle - 1, -1), _levels(draw, middle + 1, 1)
        return [Snapshot(listed.book_id, LaneId(listed.venue), bids, asks, self._now, self._now)]

    def _change(self, game: Game) -> Sequence[Input]:
        draw = self._draw
        listed = draw.choice(self._books(game))
        at, lies = Price(100 * draw.randrange(15, 85)), Size(draw.choice((0, 1, 30, 300)) * 1_000_000)
        return [Replaced(listed.book_id, draw.random() < 0.5, at, lies, self._now, self._now, draw.randrange(1 << 30))]

    def _disturb(self, game: Game) -> Sequence[Input]:
        listed = self._draw.choice(self._books(game))
        if self._draw.random() < 0.7:
            return [Doubted(listed.book_id, "gap", self._now)]
        return [Cut(LaneId(listed.venue), "disconnected", self._now)]

    def _hear(self, _: Game) -> Sequence[Input]:
        return [*(Heard(LaneId(venue), self._now) for venue in ("kalshi", "polymarket")), Tick(self._now)]

    def _turn(self, game: Game) -> Sequence[Input]:
        """It stands otherwise, is linked otherwise, or is left, and may come back."""
        draw = self._draw
        if draw.random() < 0.2:
            return [GameLeft(game.id, self._now)]
        if draw.random() < 0.4:
            self._links[game.id] = self._drawn_links(game)
        status = draw.choices(("live", "suspended"), (9, 1))[0]
        score = {"home_score": draw.randrange(90), "status": status}
        sides = {"home": game.away, "away": game.home} if draw.random() < 0.1 else {}
        chance = draw.choice((None, 0.2, 0.5, 0.8))
        now = msgspec.structs.replace(game, home_win_probability=chance, **score, **sides)
        return [GameTaken(now, self._links[game.id], self._now, draw.choice((None, 0.4, 0.7)))]

    def _decide(self, _: Game) -> Sequence[Input]:
        draw = self._draw
        match draw.randrange(5):
            case 0:
                return [
                    Limited(RiskLimits(version=draw.randrange(9), min_edge=Price(draw.choice((0, 50, 200)))), self._now)
                ]
            case 1:
                return [Halted(draw.choice(((), (HALT,))), self._now)]
            case 2:
                return [Approved(self._approvals(), self._now)]
            case 3:
                return [Seated(draw.random() < 0.5, self._now)]
        equity = Money(draw.randrange(80_000, 100_000) * DOLLAR)
        return [Held(Holdings(account="arbitrage", equity=equity, peak=Money(100_000 * DOLLAR)), self._now)]

    def _change_book(self, game: Game) -> Sequence[Input]:
        listed = self._draw.choice(self._books(game))
        if self._draw.random() < 0.5:
            return [Dropped(listed.book_id, self._now)]
        return [self._followed(listed)]

    def _approvals(self) -> tuple[Approval, ...]:
        hashes = sorted({link.rules_hash for links in self._links.values() for link in links})
        return tuple(
            Approval(
                rules_hash=name, terms=SAME, reason="read", approved_by="a test", approved_at="2026-11-23T02:00:00Z"
            )
            for name in hashes
            if self._draw.random() < 0.5
        )

    def _followed(self, listed: Listed) -> Followed:
        return Followed(listed, CENT_GRID, self._now)

    def _books(self, game: Game) -> list[Listed]:
        found: dict[BookId, list[Link]] = defaultdict(list)
        for link in self._links[game.id]:
            found[book_id(link.venue, link.market_id)].append(link)
        return [
            Listed(name, one.venue, one.market_id, game.id, one.contract_id, other.contract_id)
            for name, (one, other) in found.items()
        ]

    def _drawn_links(self, game: Game) -> tuple[Link, ...]:
        found: list[Link] = []
        sides = ("BOS", "draw", "LAL") if game.league == "epl" else ("BOS", "LAL")
        terms = msgspec.structs.replace(SAME, overtime=game.league != "epl")
        for side in sides:
            found += links_of("kalshi", f"{game.id}{side}", winner(game, side), **self._given(terms))
        if game.league == "epl":
            for side in sides:
                found += links_of("polymarket", f"{game.id}p{side}", winner(game, side), **self._given(terms))
        else:
            tokens = [winner(game, side) for side in sides]
            found += links_of("polymarket", f"{game.id}p", *tokens, **self._given(terms))
            for venue in ("kalshi", "polymarket"):
                for line in (210.5, 211.5):
                    found += links_of(venue, f"{game.id}{venue[0]}{line}", total(game, line), **self._given(terms))
        return tuple(found)

    def _given(self, terms: Terms) -> dict[str, object]:
        draw = self._draw
        return {
            "terms": terms if draw.random() < 0.8 else UNREAD,
            "verdict": draw.choices(("tradable", "watch"), (9, 1))[0],
            "fees": FeeSchedule(taker=50_000, step=10_000, waived_until=self._now + draw.choice((0, 0, 10)) * SECOND),
        }


def _levels(draw: random.Random, best: int, step: int) -> tuple[Level, ...]:
    prices = [best + step * number for number in range(draw.randrange(1, 4))]
    return tuple((Price(100 * at), Size(draw.choice((1, 3, 100, 300)) * 1_000_000)) for at in prices if 0 < at < 100)
