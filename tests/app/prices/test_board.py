from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decisions import Healed, Resync, Silent
from app.domain.inputs import Added, Cut, Doubted, Dropped, Heard, Named, Regridded, Replaced, Snapshot, Tick, Traded
from app.domain.money import Price, Size
from app.domain.prices import CENT_GRID, SECOND, Doubt, LaneId, Nanos, Quote, even_grid
from app.prices.board import Board
from tests.app.prices.boards import (
    BOOK,
    LANE,
    NO,
    YES,
    added,
    at,
    followed,
    levels,
    open_board,
    replaced,
    shown,
    snapshot,
)
from tests.app.prices.references import PlainBook

BIDS, ASKS = levels((40, 10), (39, 5)), levels((45, 10), (46, 5))


def doubt_of(board: Board) -> Doubt | None:
    quote = board.quote(YES)
    assert quote is not None
    return quote.doubt


def test_a_book_waits_for_its_first_snapshot() -> None:
    board = Board(SECOND)
    board.follow(followed())
    assert doubt_of(board) == "waiting"
    assert board.add(added(True, 41, 1)) == ()
    decided = board.load(snapshot(BIDS, ASKS, now=20))
    assert isinstance(decided[0], Healed)
    assert isinstance(decided[1], Quote)
    assert (doubt_of(board), decided[1].bid, decided[1].ask) == (None, 4_000, 4_500)


def test_the_other_contract_is_the_mirror_of_the_first() -> None:
    quote = open_board().quote(NO)
    assert quote is not None
    assert (quote.bid, quote.ask, quote.bid_size) == (5_500, 6_000, 10_000_000)


def test_a_level_behind_the_best_decides_nothing_and_is_known_all_the_same() -> None:
    board = open_board()
    board.take_moved(LISTED_VENUE)
    assert board.add(added(True, 39, 7, now=1)) == ()
    assert board.take_moved(LISTED_VENUE) == [BOOK]
    assert board.take_moved(LISTED_VENUE) == []
    ladder = board.ladder(BOOK)
    assert ladder is not None
    assert ladder.bids == levels((40, 10), (39, 12))


LISTED_VENUE = followed().listed.venue


@pytest.mark.parametrize(
    ("told", "doubt"),
    [
        (added(True, 45, 1, now=1), "crossed"),
        (added(True, 46, 1, now=1), "crossed"),
        (added(True, 40, -11, now=1), "negative"),
        (added(False, 30, -1, now=1), "negative"),
        (replaced(False, 40, 1, now=1), "crossed"),
    ],
)
def test_what_cannot_be_is_a_doubt_and_a_snapshot_is_asked_for_once(told: Added | Replaced, doubt: Doubt) -> None:
    board = open_board()
    decided = board.add(told) if isinstance(told, Added) else board.replace(told)
    assert [one for one in decided if isinstance(one, Resync)] == [Resync(BOOK, doubt, at(1))]
    assert doubt_of(board) == doubt
    assert board.add(added(True, 38, 1, now=2)) == ()  # nothing is built upon a doubt
    healed = board.load(snapshot(BIDS, ASKS, now=30))
    assert healed[0] == Healed(BOOK, doubt, at(30), at(30) - at(1))
    assert doubt_of(board) is None


def test_a_message_of_many_changes_is_judged_by_its_end() -> None:
    board = open_board()
    assert board.replace(replaced(True, 45, 3, now=1, has_more=True)) == ()
    decided = board.replace(replaced(False, 45, 0, now=1))
    assert [type(one) for one in decided] == [Quote]
    assert doubt_of(board) is None


def test_a_snapshot_that_does_not_help_is_asked_for_ever_more_seldom() -> None:
    board = open_board()
    asked = []
    for moment in range(0, 60_000, 100):
        said = board.pass_time(Tick(at(moment)))
        if not moment % 1_000:
            said = [*said, *board.load(snapshot(levels((50, 1)), levels((45, 1)), now=moment))]
        asked += [one.at for one in said if isinstance(one, Resync)]
    gaps = [(after - before) / SECOND for before, after in pairwise(asked)]
    assert 5 <= len(asked) <= 9
    assert gaps == sorted(gaps)


def test_a_cut_lane_takes_all_its_books_and_no_others() -> None:
    board = open_board()
    assert board.cut(Cut(LaneId("kalshi:2"), "gap", at(5))) == ()
    decided = board.cut(Cut(LANE, "disconnected", at(5)))
    assert [type(one) for one in decided] == [Quote, Resync]
    assert doubt_of(board) == "disconnected"
    assert LANE not in board.lanes()


def test_data_proves_a_whole_lane_and_time_alone_proves_nothing() -> None:
    board = open_board()
    board.hear(Heard(LANE, at(700)))
    board.pass_time(Tick(at(3_000)))
    quote = board.quote(YES)
    assert quote is not None
    assert quote.proved_at == at(700)
    assert quote.state(at(2_700), 2 * SECOND) == "fresh"
    assert quote.state(at(2_701), 2 * SECOND) == "stale"


def test_what_comes_over_another_subscription_does_not_prove_the_books() -> None:
    board = open_board()
    for told in (
        Named(BOOK, Price(4_000), Price(4_500), at(900), at(900), is_aside=True),
        Named(BOOK, Price(4_000), Price(4_500), at(800), at(800)),
    ):
        board.compare_best(told)
    board.note_trade(Traded(BOOK, Price(4_000), Size(1), True, at(950), at(950), is_aside=True))
    assert board.lanes() == {LANE: at(800)}


def test_a_silent_lane_is_given_up_and_a_quiet_night_ever_more_seldom() -> None:
    board, given_up = open_board(), []
    for moment in range(0, 90_000, 100):
        for said in board.pass_time(Tick(at(moment))):
            if isinstance(said, Silent):
                given_up.append(moment)
                lane = LaneId(f"kalshi:{len(given_up) + 1}")
                board.load(snapshot(BIDS, ASKS, now=moment, lane=lane))  # it is opened anew, and nothing else comes
    assert [after - before for before, after in pairwise([0, *given_up])] == [5_100, 10_100, 20_100, 40_100]
    board.add(added(True, 41, 1, now=91_000))
    assert not any(isinstance(said, Silent) for said in board.pass_time(Tick(at(96_000))))
    assert any(isinstance(said, Silent) for said in board.pass_time(Tick(at(96_100))))


def test_silence_is_a_doubt_until_the_next_snapshot() -> None:
    board = open_board()
    board.pass_time(Tick(at(5_001)))
    assert doubt_of(board) == "silence"
    board.load(snapshot(BIDS, ASKS, now=5_200, lane=LaneId("kalshi:2")))
    assert doubt_of(board) is None


@pytest.mark.parametrize(("is_mirrored", "doubt"), [(False, "best"), (True, "complement")])
def test_another_best_than_the_venue_names_is_borne_for_a_moment(is_mirrored: bool, doubt: Doubt) -> None:
    board = open_board()
    named = Named(BOOK, Price(4_100), Price(4_500), at(0), at(0), is_mirrored=is_mirrored)
    assert board.compare_best(named) == ()
    assert board.pass_time(Tick(at(900))) == []
    assert doubt_of(board) is None
    board.pass_time(Tick(at(1_000)))
    assert doubt_of(board) == doubt


def test_a_named_best_that_was_only_ahead_is_no_dispute() -> None:
    board = open_board()
    board.compare_best(Named(BOOK, Price(4_100), Price(4_500), at(0), at(0)))
    board.add(added(True, 41, 2, now=200))
    board.pass_time(Tick(at(5_000)))
    assert doubt_of(board) in (None, "silence")


def test_rest_proves_an_equal_book() -> None:
    board = open_board()
    board.compare_book(shown(BIDS, ASKS, asked=1_500))
    quote = board.quote(YES)
    assert quote is not None
    assert quote.proved_at == at(1_500)


def test_a_level_that_rest_shows_otherwise_twice_was_lost() -> None:
    board = open_board()
    other = levels((40, 10), (39, 4))
    board.compare_book(shown(other, ASKS, asked=1_000))
    board.compare_book(shown(other, ASKS, asked=1_300))  # too soon to tell anything new
    assert doubt_of(board) is None
    board.add(added(True, 40, 1, now=1_800))  # the book moves on elsewhere
    board.compare_book(shown(levels((40, 11), (39, 4)), ASKS, asked=2_000))
    assert doubt_of(board) == "cross_check"


def test_a_book_on_the_move_is_not_suspected() -> None:
    board = open_board()
    for second in range(1, 20):  # REST is always a step behind
        board.add(added(True, 40, 1, now=second * 1_000))
        board.compare_book(shown(levels((40, 9 + second), (39, 5)), ASKS, asked=second * 1_000 + 10))
    assert doubt_of(board) is None


def test_a_dropped_book_is_gone() -> None:
    board = open_board()
    board.drop(Dropped(BOOK, at(1)))
    assert (board.quote(YES), board.ladder(BOOK), board.lanes(), board.listed()) == (None, None, {}, {})
    assert board.add(added(True, 41, 1, now=2)) == ()
    assert board.pass_time(Tick(at(60_000))) == []


def test_prices_may_lie_on_another_grid_after_the_venue_says_so() -> None:
    board = open_board()
    board.regrid(Regridded(BOOK, even_grid(10), at(1)))
    decided = board.replace(replaced(True, 41, 1, now=1))
    assert len(decided) == 1


def test_a_best_between_the_steps_of_another_grid_is_gone_and_that_is_said() -> None:
    board = open_board()
    board.regrid(Regridded(BOOK, even_grid(10), at(1)))
    board.replace(Replaced(BOOK, True, Price(4_010), Size(1), at(2), at(2)))
    board.take_moved(LISTED_VENUE)
    (quote,) = board.regrid(Regridded(BOOK, CENT_GRID, at(3)))
    assert isinstance(quote, Quote)
    assert quote.bid == 4_000
    assert board.take_moved(LISTED_VENUE) == [BOOK]
    assert board.regrid(Regridded(BOOK, CENT_GRID, at(4))) == ()


def test_a_book_that_is_told_on_in_doubt_is_never_right_for_a_moment() -> None:
    board = open_board()
    doubted = Snapshot(BOOK, LANE, levels((41, 1)), ASKS, at(5), at(5), 2, "", "gap")
    decided = board.load(doubted)
    assert [one.doubt for one in decided if isinstance(one, Quote | Resync)] == ["gap", "gap"]
    assert board.load(Snapshot(BOOK, LANE, levels((42, 1)), ASKS, at(6), at(6), 3, "", "crossed")) == ()
    assert doubt_of(board) == "crossed"
    healed, quote = board.load(snapshot(BIDS, ASKS, now=7))
    assert isinstance(healed, Healed)
    assert isinstance(quote, Quote)
    assert quote.doubt is None


def test_clocks_are_compared_anew_when_ours_is_set_back() -> None:
    board = open_board(now=60_000)
    board.pass_time(Tick(at(60_000)))
    board.pass_time(Tick(at(1_000)))
    assert board.skew(LISTED_VENUE) is None
    board.add(Added(BOOK, True, Price(4_100), 1, at(1_020), at(1_050)))
    assert board.skew(LISTED_VENUE) == 30_000_000


def test_a_clock_that_is_set_back_proves_nothing_and_lets_nobody_wait() -> None:
    board = open_board()
    board.compare_book(shown(BIDS, ASKS, asked=100_000))
    board.hear(Heard(LANE, at(100_000)))
    board.pass_time(Tick(at(100_000)))
    board.pass_time(Tick(at(40_000)))
    quote = board.quote(YES)
    assert quote is not None
    assert quote.proved_at == at(40_000)
    board.pass_time(Tick(at(45_100)))
    assert doubt_of(board) == "silence"


def test_books_that_come_and_go_leave_nothing_behind() -> None:
    board = open_board()
    board.drop(Dropped(BOOK, at(1)))
    assert board.take_moved(LISTED_VENUE) == []


def test_clocks_are_compared_by_the_quickest_message() -> None:
    board = open_board()
    board.add(Added(BOOK, True, Price(4_100), 1, at(20), at(50)))
    board.add(Added(BOOK, True, Price(4_200), 1, at(70), at(75)))
    assert board.skew(LISTED_VENUE) == 0  # of the snapshot
    for moment in (1, 61_000, 122_000):
        board.pass_time(Tick(at(moment)))
    board.load(Snapshot(BOOK, LANE, BIDS, ASKS, Nanos(0), at(122_100)))  # without the venue's time
    assert board.skew(LISTED_VENUE) is None
    board.add(Added(BOOK, True, Price(4_200), 1, at(122_270), at(122_275)))
    assert board.skew(LISTED_VENUE) == 5_000_000


@given(st.data())
def test_whatever_comes_the_book_is_the_plain_one_or_in_doubt(data: st.DataObject) -> None:
    """Changes, snapshots, duplicates and losses: the venue's book is `plain`, ours has to be equal or doubted."""
    board, plain, sequence, moments = open_board(), PlainBook(), count(2), count(1)
    plain.load(BIDS, ASKS)
    for _ in range(data.draw(st.integers(1, 30))):
        now = next(moments)
        happening = data.draw(st.sampled_from(["add", "add", "add", "replace", "snapshot", "lost", "doubted", "time"]))
        is_bid, cents = data.draw(st.booleans()), data.draw(st.integers(36, 49))
        there = plain.sides[is_bid].get(cents * 100, 0) // 1_000_000
        change = added(is_bid, cents, data.draw(st.integers(-there, 5)), now, next(sequence))
        match happening:
            case "add":
                plain.add(is_bid, change.price, change.size)
                board.add(change)
            case "replace":
                told = replaced(is_bid, cents, data.draw(st.integers(0, 4)), now)
                plain.replace(is_bid, told.price, told.size)
                board.replace(told)
            case "snapshot":
                board.load(snapshot(plain.bids, plain.asks, now))  # type: ignore[arg-type]
            case "lost":  # a follower that counts sees it with the next message
                plain.add(is_bid, change.price, change.size)
                board.cut(Cut(LANE, "gap", at(now)))
            case "doubted":
                board.doubt(Doubted(BOOK, "garbage", at(now)))
            case "time":
                board.pass_time(Tick(at(now)))
        ladder = board.ladder(BOOK)
        assert ladder is not None
        if ladder.doubt is None:
            assert (ladder.bids, ladder.asks) == (plain.bids, plain.asks)
            assert not plain.is_crossed


def test_a_best_that_stands_is_disputed_until_both_agree_however_the_book_moves() -> None:
    board = open_board()
    board.compare_best(Named(BOOK, Price(4_100), Price(4_500), at(0), at(0), is_exact=True))
    board.replace(replaced(True, 42, 1, now=100))  # moves on, and is still another
    board.pass_time(Tick(at(250)))
    assert doubt_of(board) == "best"


def test_a_book_that_comes_to_what_was_named_is_right() -> None:
    board = open_board()
    board.compare_best(Named(BOOK, Price(4_100), Price(4_500), at(0), at(0), is_exact=True))
    board.replace(replaced(True, 41, 1, now=100))
    board.pass_time(Tick(at(300)))
    assert doubt_of(board) is None


def test_agreeing_on_the_best_does_not_settle_what_the_other_contract_names() -> None:
    board = open_board()
    board.compare_best(Named(BOOK, Price(4_100), Price(4_500), at(0), at(0), is_mirrored=True))
    board.compare_best(Named(BOOK, Price(4_000), Price(4_500), at(500), at(500), is_exact=True))
    board.pass_time(Tick(at(1_000)))
    assert doubt_of(board) == "complement"
