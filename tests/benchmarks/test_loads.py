"""The model of docs/scaling.md adds up, and says what there cannot be more of."""

from math import isclose

import pytest

from benchmarks._loads import Assumed, Need, Units, carried, largest, needs, told_books, told_prices

UNITS = Units(
    behind=10.0,
    moving=30.0,
    turn=100.0,
    mirrored=100.0,
    stored=40.0,
    copied=5.0,
    overheard=10.0,
    fed=60.0,
    viewed=300.0,
    heard=60.0,
    delivered=15.0,
    order=2_000.0,
    base_mb=150.0,
    socket_kb=20.0,
    book_kb=4.0,
)


def by_role(of: Assumed, units: Units = UNITS) -> dict[str, Need]:
    return {need.role: need for need in needs(of, units)}


def test_of_many_changes_between_two_turns_only_the_last_is_told() -> None:
    calm, wild = Assumed(frames_a_game=0.01), Assumed(frames_a_game=1e6)
    assert isclose(told_books(calm), 0.01, rel_tol=0.01)
    assert told_books(wild) == pytest.approx(20 * wild.books_a_game)
    assert told_prices(wild) == pytest.approx(40)


def test_an_evening_of_a_few_games_asks_for_one_process_of_each_role() -> None:
    found = by_role(Assumed(games=30, sockets=100))
    assert {role: need.processes for role, need in found.items()} == {
        "monitors": 2,
        "shards": 1,
        "API replicas": 1,
        "trader": 1,
        "tracker": 1,
        "Valkey": 1,
    }
    assert not any(need.is_too_much for need in found.values())


def test_every_shard_hears_every_book_until_games_are_dealt_out() -> None:
    whole, parted = (by_role(Assumed(games=2_000, is_parted=each))["shards"] for each in (False, True))
    books = 2_000 * told_books(Assumed())
    assert whole.cores - parted.cores == pytest.approx((whole.processes - 1) * books * UNITS.overheard / 1e6)


def test_what_nothing_carries_is_said_and_dealing_out_carries_it() -> None:
    asked = Assumed()
    whole, parted = by_role(asked), by_role(asked._replace(is_parted=True))
    assert {role for role, need in whole.items() if need.is_too_much} >= {"monitors", "API replicas", "Valkey"}
    assert not any(need.is_too_much for need in parted.values())


def test_the_largest_load_is_carried_and_one_game_more_is_not() -> None:
    asked = Assumed()
    found = largest(asked, UNITS)
    one_more = asked._replace(games=found.games + 1, sockets=(found.games + 1) * 10)
    assert 0 < found.games < asked.games
    assert not any(need.is_too_much for need in needs(found, UNITS))
    assert any(need.is_too_much for need in needs(one_more, UNITS))


def test_connections_ask_for_processes_though_they_cost_nothing() -> None:
    free = UNITS._replace(delivered=0.0, heard=0.0)
    assert by_role(Assumed(sockets=100_000, files=16_000), free)["API replicas"].processes == 7


def test_what_one_process_carries_takes_as_much_of_it_as_may_be_used() -> None:
    asked = Assumed(is_parted=True)
    one = carried(asked, UNITS)
    full = asked._replace(games=int(one["a shard: games"]), sockets=int(one["an API: clients"]))
    found = by_role(full)
    assert found["shards"].cores == pytest.approx(asked.used, rel=0.02)
    heard = full.games * told_prices(full) * UNITS.heard / 1e6
    assert found["API replicas"].cores - heard == pytest.approx(asked.used, rel=0.02)
    assert one["a trader: orders a second"] == pytest.approx(300)
