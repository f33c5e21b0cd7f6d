"""What is read out of the platform's own words."""

import pytest

from tests.soaks.looks import lags_of, measures_of, name_of, quotes_of, waiting_of


@pytest.mark.parametrize(
    ("program", "words", "name"),
    [
        ("python", ["python", "-m", "app.cli", "sandbox", "--port", "1"], "sandbox"),
        ("python", ["python", "-m", "app.cli", "up", "--workers", "publisher", "--no-api"], "discovery"),
        ("python", ["python", "-m", "app.cli", "archive", "compact", "--json"], "compactor"),
        ("discovery", ["python", "-m", "app.cli", "up", "--sandbox"], "discovery"),
        ("python", ["python", "-I", "-S", "keeper.py"], "keepers"),
        ("postgres", ["postgres: checkpointer"], "postgres"),
        ("valkey-server", ["valkey-server", "--port", "0"], "valkey"),
    ],
)
def test_processes_are_known_by_their_words(program: str, words: list[str], name: str) -> None:
    assert name_of(program, words) == name


def test_the_first_process_trades() -> None:
    assert name_of("python", ["python", "-m", "app.cli", "up", "--sandbox"], is_first=True) == "trading"


def test_lags_and_what_waits() -> None:
    workers = [
        {"worker": "settler", "process": "trading", "loop_lag_ms": 3.0, "counts": {"waiting": 2}},
        {"worker": "execution", "process": "trading", "loop_lag_ms": 8.0, "counts": {"unsettled": 1, "signals": 7}},
        {"worker": "publisher", "process": "discovery", "loop_lag_ms": 5.0, "counts": {}},
    ]
    assert lags_of(workers) == {"trading": 8.0, "discovery": 5.0}
    assert waiting_of(workers) == {"settler waiting": 2, "execution unsettled": 1}


def test_measures_are_summed_over_their_labels() -> None:
    text = '# TYPE crosscourt_books gauge\ncrosscourt_books{venue="kalshi"} 3\ncrosscourt_books{venue="polymarket"} 4\n'
    assert measures_of(text)["books"] == 7


def test_a_price_without_a_book_has_no_age() -> None:
    contracts = [{"quote": {"age_ms": 5}}, {"quote": {"age_ms": None}}, {"quote": None}]
    assert quotes_of({"propositions": [{"contracts": contracts}]}) == [{"age_ms": 5}]
