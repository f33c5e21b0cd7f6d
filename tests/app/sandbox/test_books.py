"""A book goes level by level and knows where it has been."""

from app.sandbox.books import Book, Change
from app.sandbox.claims import fixed
from app.sandbox.grids import CENTS, DOLLAR
from app.sandbox.makers import Ladder
from app.sandbox.markets import Market

MARKET = Market(venue="kalshi", id="KX-A", key="KX-A", label="GAME-A", claim=fixed(0.5))


def turned(book: Book, bids: dict[int, int], asks: dict[int, int]) -> list[Change]:
    goes, comes = book.changes_to(Ladder(bids, asks, CENTS, 0))
    for change in (*goes, *comes):
        book.apply(change, 0)
    return [*goes, *comes]


def test_only_levels_that_differ_change() -> None:
    book = Book(MARKET)
    turned(book, {5000: 100, 4900: 200}, {5200: 300})
    changes = turned(book, {5000: 100, 4900: 250}, {5200: 300, 5300: 50})
    assert changes == [Change(True, 4900, 200, 250), Change(False, 5300, 0, 50)]
    assert (book.bids, book.asks) == ({5000: 100, 4900: 250}, {5200: 300, 5300: 50})


def test_what_goes_goes_first_so_that_bids_never_meet_asks() -> None:
    book = Book(MARKET)
    turned(book, {5000: 100}, {5200: 300})
    goes, comes = book.changes_to(Ladder({5500: 100}, {5600: 300}, CENTS, 0))
    for change in (*goes, *comes):
        book.apply(change, 0)
        assert book.best_bid < book.best_ask
    assert book.best_ask == 5600


def test_book_knows_what_it_was_at_every_version() -> None:
    book = Book(MARKET)
    were = {0: ({}, {})}
    for price in range(4000, 5000, 100):
        for change in (Change(True, price, 0, price), Change(False, price + 200, 0, 7)):
            book.apply(change, 0)
            were[book.version] = (dict(book.bids), dict(book.asks))
        for change in (Change(True, price, price, 3), Change(False, price + 200, 7, 0)):
            book.apply(change, 0)
            were[book.version] = (dict(book.bids), dict(book.asks))
    assert {version: book.levels_at(version) for version in were} == were
    assert book.levels_at(book.version + 1) is None


def test_taking_from_the_best_level_is_a_trade_and_elsewhere_it_is_not() -> None:
    book = Book(MARKET)
    turned(book, {5000: 1000, 4900: 1000}, {5200: 1000})
    assert book.apply(Change(True, 5000, 1000, 600), 5) is True
    assert (book.last, book.last_size, book.volume) == (5000, 400, 400)
    assert book.apply(Change(True, 4900, 1000, 600), 5) is False
    assert book.apply(Change(False, 5200, 1000, 2000), 5) is False


def test_empty_sides_are_nothing_and_a_dollar() -> None:
    book = Book(MARKET)
    assert (book.best_bid, book.best_ask) == (0, DOLLAR)
