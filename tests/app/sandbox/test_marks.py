"""What was named when is known for a while, and no longer: books change all evening."""

from app.sandbox.books import REMEMBERED, REMEMBERED_FOR, Book, Change
from app.sandbox.marks import FRAMES, SUBSCRIPTIONS, HashMarks, SequenceMarks
from tests.app.sandbox.test_books import MARKET

SECOND = 1_000  # milliseconds


def name_of(version: int) -> str:
    return f"{version:x}"


def changed(book: Book, marks: HashMarks, times: int, every: int) -> None:
    """So often, so many milliseconds apart; each time it is named by its hash."""
    for _ in range(times):
        book.apply(Change(True, 5000, book.version, book.version + 1), book.at + every)
        marks.note("token", name_of(book.version), book.version, book.oldest)


def known_of(marks: HashMarks, book: Book) -> list[int]:
    return [version for version in range(book.version + 1) if marks.version("token", name_of(version)) == version]


def test_hash_is_known_for_as_long_as_the_book_that_it_names() -> None:
    book, marks = Book(MARKET), HashMarks()
    changed(book, marks, times=600, every=SECOND)
    assert book.oldest == book.version - REMEMBERED_FOR // SECOND - 1
    assert known_of(marks, book) == list(range(book.oldest, book.version + 1))
    assert [book.levels_at(version) for version in known_of(marks, book)] == [
        ({5000: version}, {}) for version in known_of(marks, book)
    ]
    assert book.levels_at(book.oldest - 1) is None


def test_busy_book_keeps_no_more_than_so_many_changes() -> None:
    book, marks = Book(MARKET), HashMarks()
    changed(book, marks, times=3 * REMEMBERED, every=1)
    assert book.oldest == book.version - REMEMBERED
    assert len(known_of(marks, book)) == REMEMBERED + 1


def test_book_that_rested_for_long_remembers_the_change_that_woke_it() -> None:
    book, marks = Book(MARKET), HashMarks()
    changed(book, marks, times=50, every=SECOND)
    changed(book, marks, times=1, every=10 * REMEMBERED_FOR)
    assert book.levels_at(book.version - 1) == ({5000: 50}, {})
    assert book.levels_at(book.version - 2) is None
    assert known_of(marks, book) == [50, 51]


def test_hash_that_names_a_book_again_names_it_as_it_is_now() -> None:
    marks = HashMarks()
    for version, hashed in enumerate(("a", "b", "a", "c")):
        marks.note("token", hashed, version, oldest=max(0, version - 2))
    assert [marks.version("token", hashed) for hashed in "abc"] == [2, 1, 3]
    assert marks.version("another", "a") is None


def test_a_book_that_rests_is_known_by_its_last_frame_however_many_came_since() -> None:
    marks = SequenceMarks()
    sid = marks.new_sid()
    marks.note(sid, 1, "KX-RESTS", 7)
    for seq in range(2, 2 * FRAMES):
        marks.note(sid, seq, "KX-MOVES", seq)
    assert marks.version(sid, 2 * FRAMES, "KX-RESTS") == 7
    assert marks.version(sid, FRAMES, "KX-MOVES") == FRAMES
    assert marks.version(sid, FRAMES - 1, "KX-MOVES") is None


def test_subscriptions_are_numbered_on_and_the_oldest_forgotten() -> None:
    marks = SequenceMarks()
    sids = [marks.new_sid() for _ in range(SUBSCRIPTIONS + 1)]
    for sid in sids:
        marks.note(sid, 1, "KX-A", 1)
    assert sids == list(range(1, SUBSCRIPTIONS + 2))
    assert [marks.version(sid, 1, "KX-A") for sid in (sids[0], sids[1], sids[-1])] == [None, 1, 1]
