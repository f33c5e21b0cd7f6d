"""A plan played to the trading core alone: the simulated slate is read and linked as the platform does it, and what
changes in its books is told level by level, on a clock that only this file moves."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from app.domain.games import Game, GameId
from app.domain.inputs import Began, Followed, GameTaken, Halted, Heard, Limited, Replaced, Seated, Snapshot, Tick
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.links import Link
from app.domain.markets import ContractId, Event, MarketId, VenueId
from app.domain.money import Price, Size
from app.domain.prices import MILLISECOND, SECOND, BookId, LaneId, Level, Listed, Nanos, book_id, even_grid
from app.domain.risks import RiskLimits
from app.domain.signals import Judged
from app.intake import Intake
from app.matching.linking import link_event
from app.matching.schedule import GameIndex
from app.pipeline import Pipeline
from app.sandbox.books import Book, Change
from app.sandbox.fees import series_fees
from app.sandbox.leagues import LEAGUES as SIMULATED
from app.sandbox.makers import milliseconds
from app.sandbox.markets import Market
from app.sandbox.plans import read_plan
from app.sandbox.simulations import Simulation
from app.settlement import terms_of
from app.sources.espn.translate import games_from, number_doubleheaders
from app.venues.kalshi.fees import Charge, FeeTable, with_fees
from app.venues.kalshi.translate import listed_page
from app.venues.polymarket.translate import events_from as polymarket_events
from tests.app.matching.listings import REGISTRY
from tests.platform.plans import Leg, Plant, Writer

BEGAN = datetime(2026, 11, 22, 18, 0, 30, tzinfo=UTC)
STEP = 200  # milliseconds between two looks at the clock
HEARD_EVERY = 400
UNIT = 10_000  # of Size, in the hundredths of contracts that the sandbox counts
GROUPS = "50,80,81"


class PlantedCore:
    """One run of a plan. `judged`: what the core has said, in its order."""

    def __init__(
        self, seed: int, games: int, plan: Writer, folder: Path, limits: RiskLimits, intake: Intake | None = None
    ) -> None:
        self._at = BEGAN
        entries = read_plan(plan.write(folder / "plan.json"))
        self._stage = Simulation(seed, 1.0, lambda: self._at, entries, games)
        self._at += timedelta(seconds=5)
        self._acts = entries
        self._silent = [
            (entry.at, entry.at + (entry.fault.for_seconds or 0), entry.fault.match) for entry in entries if entry.fault
        ]
        self.judged: list[Judged] = []
        self.intake = intake or Intake(Pipeline(patience=5 * SECOND), self._now, keeps_tape=False)
        self.intake.heed(lambda said: self.judged.append(said) if isinstance(said, Judged) else None)
        self._books: dict[str, Book] = {}
        self.games = {game.id: game for game in self._games()}
        self.links = self._linked()
        self._markets = self._named()
        self._open(limits)

    def contracts(self, plant: Plant) -> tuple[ContractId, ...]:
        """What a plant's legs are bought as."""
        return tuple(self._contract(plant, leg) for leg in plant.legs)

    def game_id(self, plant: Plant) -> GameId:
        return self._markets[plant.game, plant.legs[0].market][0]

    def links_of(self, contract_id: ContractId) -> list[Link]:
        return [link for links in self.links.values() for link in links if link.contract_id == contract_id]

    def run(self, until: float) -> None:
        """So many seconds from the start on: every change at its moment, and the time in between."""
        turns = {
            milliseconds(BEGAN) + round(1000 * (entry.at + late)) for entry in self._acts for late in _turns(entry)
        }
        last = milliseconds(BEGAN) + round(1000 * until)
        beats = range(milliseconds(self._at), last, STEP)
        for now in sorted({*beats, *(turn for turn in turns if beats.start <= turn < last)}):
            self._at = datetime.fromtimestamp(now / 1000, UTC)
            if now % HEARD_EVERY < STEP:
                self._hear()
            if now in turns:
                self._move(now)
            self.intake.put(Tick(self._now()))

    def _now(self) -> Nanos:
        return Nanos(milliseconds(self._at) * MILLISECOND)

    def _is_silent(self, venue: str) -> bool:
        since = (self._at - BEGAN).total_seconds()
        return any(match == venue and first <= since < last for first, last, match in self._silent)

    def _hear(self) -> None:
        for venue in ("kalshi", "polymarket"):
            if not self._is_silent(venue):
                self.intake.put(Heard(LaneId(venue), self._now()))

    def _move(self, now: int) -> None:
        for name, book in self._books.items():
            market = book.market
            if self._is_silent(market.venue):
                continue
            ladder = self._stage.quoting(market.venue).ladder(market, now)
            goes, comes = book.changes_to(ladder)
            for change in (*goes, *comes):
                book.apply(change, now)
                self.intake.put(self._told(BookId(name), change))

    def _told(self, book: BookId, change: Change) -> Replaced:
        now = self._now()
        return Replaced(book, change.is_bid, Price(change.price), Size(change.after * UNIT), now, now)

    def _open(self, limits: RiskLimits) -> None:
        now = self._now()
        for told in (Began("run", now), Halted((), now), Limited(limits, now), Seated(True, now)):
            self.intake.put(told)
        for _, market in self._markets.values():
            self._follow(market)
        for game in self.games.values():
            self.intake.put(GameTaken(game, tuple(self.links.get(game.id, ())), now))

    def _follow(self, market: Market) -> None:
        now, name = self._now(), book_id(VenueId(market.venue), MarketId(market.id))
        contracts = self._contracts_of(market)
        assert market.contest is not None
        listed = Listed(name, VenueId(market.venue), MarketId(market.id), GameId(market.contest.id), *contracts)
        self.intake.put(Followed(listed, even_grid(100), now))
        book = self._books[name] = Book(market)
        goes, comes = book.changes_to(self._stage.quoting(market.venue).ladder(market, milliseconds(self._at)))
        for change in (*goes, *comes):
            book.apply(change, milliseconds(self._at))
        bids, asks = _levels(book.bids), _levels(book.asks)
        self.intake.put(Snapshot(name, LaneId(market.venue), bids[::-1], asks, now, now))

    def _contracts_of(self, market: Market) -> tuple[ContractId, ContractId]:
        if market.venue == "kalshi":
            return ContractId(f"kalshi:{market.id}:yes"), ContractId(f"kalshi:{market.id}:no")
        first, second = market.tokens
        return ContractId(f"polymarket:{first}"), ContractId(f"polymarket:{second}")

    def _contract(self, plant: Plant, leg: Leg) -> ContractId:
        _, market = self._markets[plant.game, leg.market]
        return self._contracts_of(market)[leg.is_second]

    def _named(self) -> dict[tuple[str, object], tuple[GameId, Market]]:
        """The markets that the plan holds, by game and label."""
        wanted = {(entry.game, entry.venue, entry.market) for entry in self._acts if entry.ladder}
        found: dict[tuple[str, object], tuple[GameId, Market]] = {}
        for told in self._stage.games():
            for venue, labels in (("kalshi", told["kalshi"]), ("polymarket", told["polymarket"])):
                for label, name in labels.items():
                    if (told["game"], venue, label) in wanted:
                        market = self._stage.quoting(venue).markets[name]
                        found[told["game"], (venue, label)] = GameId(told["id"]), market
        return found

    def _games(self) -> Iterator[Game]:
        for code, league in SIMULATED.items():
            groups = GROUPS if league.is_college else ""
            board = msgspec.json.encode(self._stage.scoreboard(league.espn, groups))
            yield from number_doubleheaders(games_from(board, LeagueCode(code)).items)

    def _events(self) -> Iterator[Event]:
        yield from polymarket_events(msgspec.json.encode(self._stage.gamma_events())).items
        told = {"events": self._stage.kalshi_events(), "milestones": self._stage.milestones()}
        for listed in listed_page(msgspec.json.encode(told)).elements:
            charged = series_fees(listed.event.series)
            table = FeeTable({listed.event.series: Charge(charged["fee_type"], charged["fee_multiplier"])})
            yield with_fees(listed, table)

    def _linked(self) -> dict[GameId, list[Link]]:
        index, links = GameIndex(self.games.values()), defaultdict(list)
        for event in self._events():
            linked = link_event(event, index, REGISTRY, self._at)
            rules = {market.id: market.rules for market in event.markets or ()}
            for link in linked.links:
                if linked.game is not None and link.market_id is not None:
                    terms = terms_of(link, rules[link.market_id], LEAGUES[linked.game.league])
                    links[linked.game.id].append(msgspec.structs.replace(link, terms=terms))
        return links


def _turns(entry: object) -> Sequence[float]:
    return (0.0,) if entry.for_seconds is None else (0.0, entry.for_seconds)  # type: ignore[attr-defined]


def _levels(side: dict[int, int]) -> tuple[Level, ...]:
    return tuple((Price(price), Size(side[price] * UNIT)) for price in sorted(side))
