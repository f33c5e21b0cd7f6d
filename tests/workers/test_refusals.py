import msgspec

from app.domain.games import GameId
from app.domain.prices import SECOND, Nanos
from app.domain.signals import Judged
from tests.app.history.judged import FOUND_AT, refused
from workers.refusals import Refusals

START = FOUND_AT - FOUND_AT % (60 * SECOND)  # of a minute


def at(second: int, number: int, reason: str = "max_per_game", **changed: object) -> Judged:
    return msgspec.structs.replace(refused(number, reason, **changed), at=Nanos(START + second * SECOND))


def written(refusals: Refusals, *told: Judged) -> list[tuple[str, int]]:
    found = (refusals.take(each) for each in told)
    return [(each.judged.signal.id, each.like_it) for each in found if each is not None]


def test_of_each_kind_so_many_a_minute_are_written_and_the_others_counted() -> None:
    refusals = Refusals(2)
    alike = [at(second, second) for second in range(40)]
    assert written(refusals, *alike) == [("a-0", 0), ("a-1", 0)]
    assert written(refusals, at(41, 41, "halted"), at(42, 42, game_id=GameId("402"))) == [("a-41", 0), ("a-42", 0)]
    assert refusals.left_out == 38


def test_the_next_one_that_is_written_says_how_many_were_left_out() -> None:
    refusals = Refusals(1)
    written(refusals, *(at(second, second) for second in range(10)))
    assert written(refusals, at(60, 60), at(61, 61)) == [("a-60", 9)]
    assert written(refusals, at(120, 120)) == [("a-120", 1)]


def test_where_many_kinds_are_refused_a_rare_reason_is_written_all_the_same() -> None:
    refusals = Refusals(2, 10)
    many = [at(number % 60, number, game_id=GameId(str(number))) for number in range(50)]
    assert len(written(refusals, *many)) == 10
    assert written(refusals, at(50, 90, "halted"), at(51, 91, "halted")) == [("a-90", 0)]
