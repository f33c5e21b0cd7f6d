import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import ONE_DOLLAR, Price, Size
from app.domain.prices import CENT_GRID, FINEST_GRID, Grid, Level, Nanos, Step, even_grid
from app.prices.books import Book
from app.prices.lanes import Lane
from tests.app.prices.boards import LANE, LISTED, levels
from tests.app.prices.references import PlainBook

TAPERED = Grid(
    (Step(Price(0), Price(1_000), 10), Step(Price(1_000), Price(9_000), 100), Step(Price(9_000), ONE_DOLLAR, 10))
)
GRIDS = [CENT_GRID, FINEST_GRID, TAPERED, even_grid(50), even_grid(10)]


def open_book(grid: Grid = CENT_GRID) -> Book:
    return Book(LISTED, grid, Lane(LANE, Nanos(0), 1), Nanos(0))


def prices_of(grid: Grid) -> list[int]:
    return [price for price in range(1, ONE_DOLLAR) if grid.holds(price)]


SIZES = st.one_of(st.just(0), st.integers(1, 5_000_000))


@given(st.data(), st.sampled_from(GRIDS))
def test_any_changes_leave_the_levels_of_a_plain_book(data: st.DataObject, grid: Grid) -> None:
    book, plain = open_book(grid), PlainBook()
    prices = st.sampled_from(prices_of(grid))
    side = st.lists(st.tuples(prices, SIZES), max_size=8, unique_by=lambda level: level[0])
    for _ in range(data.draw(st.integers(0, 25))):
        best_before = (book.bids()[:1], book.asks()[:1])
        match data.draw(st.sampled_from(["load", "replace", "add"])):
            case "load":
                bids, asks = tuple(data.draw(side)), tuple(data.draw(side))
                plain.load(bids, asks)
                assert book.load(bids, asks) is None
            case "replace":
                change = data.draw(st.booleans()), data.draw(prices), data.draw(SIZES)
                plain.replace(*change)
                assert book.put(*change) is ((book.bids()[:1], book.asks()[:1]) != best_before)
            case "add":
                is_bid, price, by = data.draw(st.booleans()), data.draw(prices), data.draw(st.integers(-3, 3))
                if plain.sides[is_bid].get(price, 0) + by < 0:
                    assert book.put(is_bid, price, by, adds=True) == "negative"
                else:
                    plain.add(is_bid, price, by)
                    assert book.put(is_bid, price, by, adds=True) is ((book.bids()[:1], book.asks()[:1]) != best_before)
        assert (book.bids(), book.asks()) == (plain.bids, plain.asks)
        assert (book.bid_at >= book.ask_at) is plain.is_crossed
        quote = book.quote()
        assert (quote.bid, quote.bid_size) == (plain.bids[0] if plain.bids else (None, 0))
        assert (quote.ask, quote.ask_size) == (plain.asks[0] if plain.asks else (None, 0))
        assert book.has_best(quote.bid, quote.ask)
        assert not book.has_best(Price(1) if quote.bid is None else None, quote.ask)


@pytest.mark.parametrize(
    ("grid", "price"), [(CENT_GRID, 5_310), (TAPERED, 5_310), (TAPERED, 1_010), (FINEST_GRID, 0), (CENT_GRID, 10_000)]
)
def test_a_price_off_the_grid_changes_nothing(grid: Grid, price: int) -> None:
    book = open_book(grid)
    book.load(*sides())
    assert book.put(True, price, 1_000_000) == "off_grid"
    assert book.put(True, price, 1_000_000, adds=True) == "off_grid"
    assert (book.bids(), book.asks()) == sides()


def sides() -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    return levels((40, 10), (39, 5)), levels((45, 10))


def test_a_snapshot_off_the_grid_leaves_no_level() -> None:
    book = open_book()
    assert book.load(((Price(4_050), Size(1)),), ()) == "off_grid"
    assert (book.bids(), book.asks()) == ((), ())


def test_a_book_whose_grid_is_not_told_grows_as_fine_as_its_prices() -> None:
    book = open_book(FINEST_GRID)
    book.load(*sides())
    book.put(True, 4_005, 7)
    book.put(False, 4_499, 8)
    assert [price for price, _ in book.bids()] == [4_005, 4_000, 3_900]
    assert [price for price, _ in book.asks()] == [4_499, 4_500]


def test_another_grid_keeps_what_lies_on_it() -> None:
    book = open_book(even_grid(10))
    book.load(((Price(4_010), Size(3)), (Price(4_000), Size(2))), ())
    book.regrid(CENT_GRID)
    assert book.bids() == ((4_000, 2),)
    book.regrid(even_grid(10))
    book.put(True, 4_020, 9)
    assert book.bids() == ((4_020, 9), (4_000, 2))
