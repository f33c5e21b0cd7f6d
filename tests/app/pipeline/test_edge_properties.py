"""Whatever is said in whatever order: what is emitted can be had at its prices, is worth what it says in every
scenario, and rests on no leg that is stale or in doubt. Each seed is a hundred cases of books, told and doubted."""

import random
from fractions import Fraction

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.fees import FeeSchedule
from app.domain.games import Game
from app.domain.inputs import Cut, Doubted
from app.domain.links import Link
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, Price, Size
from app.domain.prices import MILLISECOND, Level, book_id
from app.domain.settlements import FOREVER, Payout, Terms
from app.domain.signals import Judged, Leg, Signal
from app.settlement import payoffs
from tests.app.pipeline.cores import KALSHI_FEES, POLYMARKET_FEES, Core, a_game, links_of, winner

CASES = 100  # of one seed
SEEDS = 100
FEES = (KALSHI_FEES, POLYMARKET_FEES, FeeSchedule(taker=0), FeeSchedule(taker=35_000, step=10_000))
PAYOUTS: tuple[Payout, ...] = ("result", "half", "fair")


class Venue:
    """What a test has told of a venue's books: the only truth it believes in."""

    def __init__(self, venue: str) -> None:
        self.name = venue
        self.proved_at = 0
        self.asks: dict[ContractId, list[Level]] = {}
        self.doubted: set[ContractId] = set()
        self.claims: dict[ContractId, tuple[int, int]] = {}  # until when, and how much a signal has taken

    def claimed(self, contract_id: ContractId, now: int) -> int:
        until, size = self.claims.get(contract_id, (0, 0))
        return size if until > now else 0


def drawn_terms(draw: random.Random) -> Terms:
    """Somebody's rules; now and then nobody knows what they say."""
    if draw.random() < 0.1:
        return Terms(unread=("Something else.",))
    abandoned: tuple[Payout, ...] = draw.choice((("result",), ("fair", "result"), ("half",)))
    window, late = draw.choice(((FOREVER, "result"), (48, "fair"), (336, "fair"), (48, "half")))
    return Terms(
        overtime=True,
        tie=draw.choice(("half", "result")),
        window=window,
        late=late,
        cancelled=draw.choice(PAYOUTS[1:]),
        abandoned=abandoned,
    )


def drawn_links(draw: random.Random, game: Game) -> tuple[Link, ...]:
    sides = [winner(game, name) for name in ("BOS", "LAL")]
    given = [{"fees": draw.choice(FEES), "terms": drawn_terms(draw)} for _ in range(2)]
    kalshi = [link for said, name in zip(sides, ("BOS", "LAL"), strict=True) for link in links_of("kalshi", name, said)]
    tokens = links_of("polymarket", "0x1", *sides, **given[1])
    return (*(msgspec.structs.replace(link, **given[0]) for link in kalshi), *tokens)


def drawn_levels(draw: random.Random, best: int, step: int) -> list[Level]:
    count = draw.randrange(1, 5)
    prices = [best + step * number for number in range(count)]
    return [(Price(100 * at), Size(draw.randrange(1, 40_000) * 10_000)) for at in prices if 0 < at < 100]


def tell(draw: random.Random, core: Core, venue: Venue, market: str) -> list[Judged]:
    """A whole book, at a middle that the other venue may not share."""
    middle = draw.randrange(8, 92)
    bids, asks = drawn_levels(draw, middle - 1, -1), drawn_levels(draw, middle + 1, 1)
    yes, no = (ContractId(f"{venue.name}:{market}:{side}") for side in ("yes", "no"))
    venue.asks[yes], venue.asks[no] = asks, [(Price(ONE_DOLLAR - at), lies) for at, lies in bids]
    venue.doubted -= {yes, no}
    venue.proved_at = core.now
    return core.show(venue.name, market, _written(bids), _written(asks))


def disturb(draw: random.Random, core: Core, venue: Venue, market: str) -> list[Judged]:
    """A doubt, a silence, or a sign of life."""
    yes, no = (ContractId(f"{venue.name}:{market}:{side}") for side in ("yes", "no"))
    match draw.randrange(4):
        case 0:
            venue.doubted |= {yes, no}
            return core.put(Doubted(book_id(VenueId(venue.name), MarketId(market)), "gap", core.now))
        case 1:
            venue.doubted |= set(venue.asks)
            return core.put(Cut(core.lane(venue.name), "disconnected", core.now))
        case 2:
            venue.proved_at = core.now
            core.hear(venue.name)
            return []
    return core.pass_time(draw.choice((10, 400, 2_100, 9_000)))


def play(seed: int) -> int:
    """One case after another; how many signals were kept."""
    kept = 0
    draw = random.Random(seed)
    for _ in range(CASES):
        core, game = Core(), a_game()
        links = drawn_links(draw, game)
        venues = [Venue("kalshi"), Venue("polymarket")]
        core.follow(links)
        core.take(game, links)
        for _ in range(draw.randrange(3, 9)):
            venue = draw.choice(venues)
            market = draw.choice(("BOS", "LAL")) if venue.name == "kalshi" else "0x1"
            said = (tell if draw.random() < 0.7 else disturb)(draw, core, venue, market)
            for judged in said:
                if judged.stage == "sent":
                    kept += 1
                    check(judged, game, links, {VenueId(each.name): each for each in venues}, core)
    return kept


def check(judged: Judged, game: Game, links: tuple[Link, ...], venues: dict[VenueId, Venue], core: Core) -> None:
    signal, limits = judged.signal, core.pipeline.desk.limits
    own = {link.contract_id: link for link in links}
    for leg in signal.legs:
        check_leg(leg, own[leg.contract_id], venues[leg.venue], core.now)
        age = core.now - venues[leg.venue].proved_at
        assert leg.age == age <= limits.max_age_ms * MILLISECOND
        assert leg.contract_id not in venues[leg.venue].doubted
        assert leg.limit <= limits.max_entry_price
        taken = venues[leg.venue].claimed(leg.contract_id, core.now) + leg.size
        venues[leg.venue].claims[leg.contract_id] = (core.now + limits.again_after_ms * MILLISECOND, taken)
    proofs = [venues[leg.venue].proved_at for leg in signal.legs]
    assert max(proofs) - min(proofs) <= limits.max_skew_ms * MILLISECOND
    assert signal.cost + signal.fees == signal.stake <= limits.max_stake
    check_scenarios(signal, game, [own[leg.contract_id] for leg in signal.legs])
    assert -signal.worst <= limits.max_tail_loss
    assert signal.profit - signal.tail_cost >= limits.min_profit


def check_leg(leg: Leg, link: Link, venue: Venue, now: int) -> None:
    """Its size lies there at its prices, is not another signal's, and costs what they say."""
    claimed = venue.claimed(leg.contract_id, now)
    left, exact, fees, schedule = leg.size, Fraction(0), Fraction(0), link.fees
    assert schedule is not None
    for price, lies in venue.asks[leg.contract_id]:
        free = max(0, lies - claimed)
        claimed -= lies - free
        here = min(left, free)
        left = Size(left - here)
        if here:
            assert price <= leg.limit
        cost = Fraction(price, ONE_DOLLAR)
        exact += here * cost
        fees += here * cost * (1 - cost) * Fraction(schedule.taker, 1_000_000)
    assert left == 0
    assert exact <= leg.cost < exact + 1
    assert fees <= leg.fee < fees + schedule.step or (leg.fee == 0 and fees < schedule.least)


def check_scenarios(signal: Signal, game: Game, links: list[Link]) -> None:
    """In every scenario it pays at least its cost, or it is a tail with exactly that loss."""
    everything = payoffs(game, links)
    paid = [scenario.total * signal.size // ONE_DOLLAR - signal.stake for scenario in everything.scenarios]
    played = [
        scenario.total * signal.size // ONE_DOLLAR - signal.stake
        for scenario in everything.scenarios
        if scenario.ending in ("played", "tie")
    ]
    assert not everything.unknown
    assert min(played) == signal.profit > 0
    assert min(paid) == signal.worst
    assert signal.worst >= 0 or signal.rules == "tail"


@settings(max_examples=SEEDS)
@given(st.integers(0, 1 << 40))
def test_whatever_is_emitted_is_true(seed: int) -> None:
    play(seed)


def test_enough_is_emitted_to_tell() -> None:
    assert sum(play(seed) for seed in range(5)) > 20


def _written(levels: list[Level]) -> str:
    return " ".join(f"{at / ONE_DOLLAR}x{lies / 1_000_000}" for at, lies in levels)
