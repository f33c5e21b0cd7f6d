"""The grammar of event tickers, over every ticker in the recordings."""

import doctest
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.venues.kalshi import tickers
from app.venues.kalshi.series import read_series
from app.venues.kalshi.tickers import read_rules_start, read_ticker, split_codes, strike_code, suffix_of

WRITTEN = re.compile(r'"(KX[A-Z0-9]+-[A-Z0-9]+)(?:-[A-Z0-9-]+)?"')

TICKERS = [  # ticker, day, start, codes, number
    ("KXNBAGAME-26JAN13PHXMIA", "2026-01-13", None, "PHXMIA", 0),
    ("KXMLBGAME-26JUN291835CWSBAL", "2026-06-29", "2026-06-29T22:35", "CWSBAL", 0),
    ("KXMLBGAME-26NOV221835CWSBALG1", "2026-11-22", "2026-11-22T23:35", "CWSBAL", 1),
    ("KXMLBGAME-26JUN292205CWSBALG2", "2026-06-29", "2026-06-30T02:05", "CWSBAL", 2),
    ("KXLOLGAME-26AUG090300LNGG2", "2026-08-09", "2026-08-09T07:00", "LNGG2", 0),  # G2 is a team
    ("KXNFLGAME-26SEP13SFLAR", "2026-09-13", None, "SFLAR", 0),
    ("KXWTAMATCH-26AUG09EALBEN", "2026-08-09", None, "EALBEN", 0),
]


@pytest.mark.parametrize(("ticker", "day", "start", "codes", "number"), TICKERS)
def test_a_ticker(ticker: str, day: str, start: str | None, codes: str, number: int) -> None:
    read = read_ticker(ticker)
    assert read is not None
    assert (read.day, read.codes, read.number) == (date.fromisoformat(day), codes, number)
    assert read.start == (datetime.fromisoformat(start).replace(tzinfo=UTC) if start else None)


@pytest.mark.parametrize(
    "ticker",
    ["KXNBA-27", "KXNFLMVP-27", "KXMVENFLMULTIGAME-S2026D3F", "KXNBAGAME-26FOO13PHXMIA", "KXNBAGAME-26FEB31PHXMIA", ""],
)
def test_everything_else_is_no_game(ticker: str) -> None:
    assert read_ticker(ticker) is None


def test_every_game_ticker_of_the_recordings_is_read(shared: Path) -> None:
    files = [*(shared / "data/kalshi").rglob("*.json"), *(shared / "slates").glob("*/kalshi/*.json")]
    files += (shared / "data/tape/kalshi-ws-2026-08-07").glob("*.json")
    written = {ticker for file in files for ticker in WRITTEN.findall(file.read_text())}
    games = {ticker for ticker in written if read_series(ticker).topic in ("game", "prop")}
    assert len(games) > 150
    for ticker in games:
        read = read_ticker(ticker)
        assert read is not None, ticker
        assert read.day.year == 2026
        assert ticker.endswith(read.codes)
        assert 4 <= len(read.codes) <= 8, ticker
    assert all(read_ticker(ticker) is None for ticker in written - games)


SPLITS = [  # codes, sub-title, suffixes, both
    ("NYKSAS", "NYK at SAS (Jun 13)", (), ("NYK", "SAS")),
    ("MOSUTXAM", "MOSU vs TXAM (Sep 5)", (), ("MOSU", "TXAM")),
    ("GSLA", "Golden State vs Los Angeles (Aug 9)", ("LA", "GS"), ("GS", "LA")),
    ("TOTNFO", "", ("TOT", "TIE", "NFO"), ("TOT", "NFO")),
    ("INDCHI", "", ("IND19", "IND16", "CHI2"), ("IND", "CHI")),
    ("INDCHI", "", ("CHI2",), ("IND", "CHI")),
    ("INDCHI", "IND at CHE (Aug 8)", ("IND",), ("IND", "CHI")),
    ("INDCHI", "", ("181", "184"), None),
    ("INDCHI", "", (), None),
    ("SASSA", "", ("SA",), None),  # in front or at the end?
]


@pytest.mark.parametrize(("codes", "sub_title", "suffixes", "both"), SPLITS)
def test_the_pair_is_split_by_what_is_told(
    codes: str, sub_title: str, suffixes: tuple[str, ...], both: tuple[str, str] | None
) -> None:
    assert split_codes(codes, sub_title, suffixes) == both


def test_what_a_market_adds_to_its_event() -> None:
    assert suffix_of("KXNBAGAME-26JAN13PHXMIA-PHX", "KXNBAGAME-26JAN13PHXMIA") == "PHX"
    assert suffix_of("KXMLBRFI-26AUG081505ATLNYY", "KXMLBRFI-26AUG081505ATLNYY") == ""
    assert (strike_code("DEN12"), strike_code("181"), strike_code("TIE")) == ("DEN", "", "")


RULES = [
    ("scheduled for Aug 9, 2026 at 4:10 PM EDT, then", "2026-08-09T20:10"),
    ("originally scheduled for Aug 9, 2026 at 12:05 PM EDT", "2026-08-09T16:05"),
    ("scheduled for Nov 9, 2026 at 12:05 AM EST", "2026-11-09T05:05"),
    ("scheduled for August 9, 2026 at 4:10 PM EDT", "2026-08-09T20:10"),
    ("scheduled for Aug 9, 2026, then the market", None),
    ("scheduled for Foo 9, 2026 at 4:10 PM EDT", None),
    ("scheduled for Feb 30, 2026 at 4:10 PM EST", None),
    ("", None),
]


@pytest.mark.parametrize(("rules", "start"), RULES)
def test_the_start_in_the_rules(rules: str, start: str | None) -> None:
    expected = datetime.fromisoformat(start).replace(tzinfo=UTC) if start else None
    assert read_rules_start(rules) == expected


def test_the_examples_are_true() -> None:
    assert doctest.testmod(tickers).failed == 0
