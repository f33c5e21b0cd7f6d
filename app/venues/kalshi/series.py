"""What a series of Kalshi asks about: `KX`, a word for the league, a word for the question.

>>> read_series("KXNBA1HSPREAD")
Series(league='nba', topic='game', kind='spread', scope='1h')
>>> read_series("KXNBA").topic, read_series("KXMLBKS").topic, read_series("KXMVENBASINGLEGAME-S2026").topic
('future', 'prop', 'combo')
"""

from collections.abc import Iterator

import msgspec

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import Topic
from app.domain.propositions import Kind, Scope

_OWN_LEAGUES = {
    "NBA": "nba",
    "WNBA": "wnba",
    "NCAAMB": "ncaab",
    "NCAAWB": "ncaaw",
    "NFL": "nfl",
    "NCAAF": "ncaaf",
    "NHL": "nhl",
    "MLB": "mlb",
    "EPL": "epl",
    "EFLCHAMPIONSHIP": "championship",
    "LALIGA": "laliga",
    "BUNDESLIGA": "bundesliga",
    "SERIEA": "seriea",
    "LIGUE1": "ligue1",
    "MLS": "mls",
    "NWSL": "nwsl",
    "LIGAMX": "ligamx",
    "UCL": "ucl",
    "UEL": "uel",
    "UECL": "uecl",
    "WC": "worldcup",
    "ATP": "tennis",
    "WTA": "tennis",
    "ATPCHALLENGER": "tennis",
    "WTACHALLENGER": "tennis",
    "ITF": "tennis",
    "ITFW": "tennis",
    "UFC": "ufc",
    "LOL": "lol",
    "CS2": "cs2",
    "VALORANT": "valorant",
}
_OTHER_SOCCER = (
    *("AFCCL", "ALLSVENSKAN", "APFDDH", "ARGNACB", "ARGPREMDIV", "ASEAN", "BELGIANPL", "BOLPDIV", "BRASILEIRO"),
    *("BRASILEIROB", "BRASILEIROC", "BUNDESLIGA2", "CANPL", "CHLLDP", "CHNSL", "CONMEBOLLIB", "CONMEBOLSUD"),
    *("COPPAITALIA", "DENSUPERLIGA", "DIMAYOR", "ECULP", "EFLCUP", "EKSTRAKLASA", "ELITESERIEN", "EREDIVISIE"),
    *("FRASUPERCUP", "HNL", "JLEAGUE", "KLEAGUE", "LALIGA2", "LEAGUESCUP", "LIGAEXP", "LIGAPORTUGAL", "PERLIGA1"),
    *("SAUDIPL", "SCOCUP", "SCOTTISHPREM", "SUPERLIG", "SWISSLEAGUE", "UAEPL", "UEFASC", "URYPD", "USL"),
    *("USLCUP", "VENFUTVE"),
)  # men's first teams, so that `soccer` never has two sides of one name

LEAGUE_WORDS: dict[str, LeagueCode] = {
    **{word: LeagueCode("soccer") for word in _OTHER_SOCCER},
    **{word: LeagueCode(code) for word, code in _OWN_LEAGUES.items()},
}


class Series(msgspec.Struct, frozen=True):
    """What all events of a series ask. Without a kind it speaks about no proposition of ours."""

    league: LeagueCode | None
    topic: Topic
    kind: Kind | None = None
    scope: Scope | None = None


class _Question(msgspec.Struct, frozen=True):
    topic: Topic
    kind: Kind | None = None
    scope: Scope | None = None


_WHOLE: dict[str, Kind] = {
    "GAME": "moneyline",
    "MATCH": "moneyline",
    "FIGHT": "moneyline",
    "DOUBLES": "moneyline",
    "SPREAD": "spread",
    "TOTAL": "total",
    "TEAMTOTAL": "team_total",
    "BTTS": "both_to_score",
}
_PARTS: dict[str, Scope] = {
    **{"1H": "1h", "2H": "2h", "F5": "f5"},
    **{"1Q": "q1", "2Q": "q2", "3Q": "q3", "4Q": "q4"},
    **{"1P": "p1", "2P": "p2", "3P": "p3"},
}
_OF_PARTS: dict[str, Kind] = {
    "": "moneyline",
    "WINNER": "moneyline",
    "SPREAD": "spread",
    "TOTAL": "total",
    "TEAMTOTAL": "team_total",
    "BTTS": "both_to_score",
}
_PROPS = (
    *("2D", "3D", "3PT", "AST", "BLK", "FIRSTBASKET", "OT", "PRA", "PTS", "RACE", "REB", "STL", "STOCKS", "WINMARGIN"),
    *("2TD", "ANYTD", "FG", "FIRSTTD", "INT", "PASSATT", "PASSCOMP", "PASSINT", "PASSTDS", "PASSYDS", "REC", "RECYDS"),
    *("RRYDS", "RSHATT", "RSHYDS", "SACK", "SFTY", "TD", "TEAMFIRSTTD", "TEAMTD"),
    *(
        "BB",
        "EXTRAS",
        "HA",
        "HIT",
        "HR",
        "HRR",
        "KS",
        "NEXTHR",
        "OUTS",
        "PITCH",
        "RBI",
        "RFI",
        "RUNS",
        "SB",
        "TB",
        "WA",
    ),
    *("CORNERS", "FIRSTGOAL", "FTTS", "GOAL", "SAVE", "SAVES", "SCORE", "SHOTS", "SOG"),
    *("ACES", "ANYSET", "EXACTMATCH", "GSPREAD", "GTOTAL", "SSPREAD", "TIEBREAK", "TOTALSETS"),
)
_SINGLE_PARTS = ("F3", "F7", "INNINGTOTAL", "INNINGWIN", "MAP", "SETWINNER")
_FUTURES = ("", "COY", "DPOY", "EAST", "MVP", "PLAYOFF", "ROY", "SERIES", "SERIESGAMES", "SERIESSPREAD", "WEST", "WINS")
QUESTIONS: dict[str, _Question] = {
    "ADVANCE": _Question("advance"),  # extra time and penalties count, unlike in the winner market
    **{word: _Question("future") for word in _FUTURES},
    **{word: _Question("part") for word in _SINGLE_PARTS},
    **{word: _Question("prop") for word in _PROPS},
    **{word: _Question("game", kind, "game") for word, kind in _WHOLE.items()},
    **{
        part + word: _Question("game", kind, scope)
        for part, scope in _PARTS.items()
        for word, kind in _OF_PARTS.items()
    },
}
_PATTERN = ("GAME", "MATCH", "SPREAD", "TOTAL", "BTTS", "RFI", "MAP")  # that an unknown league's series follow as well

_ASKED = {
    "basketball": "GAME SPREAD TOTAL TEAMTOTAL 1HWINNER 1HSPREAD 1HTOTAL",
    "football": "GAME SPREAD TOTAL 1HWINNER 1HSPREAD 1HTOTAL",
    "hockey": "GAME SPREAD TOTAL 1P",
    "baseball": "GAME SPREAD TOTAL TEAMTOTAL F5 F5SPREAD F5TOTAL",
    "soccer": "GAME SPREAD TOTAL TEAMTOTAL BTTS 1H 1HSPREAD 1HTOTAL",
    "tennis": "MATCH",
    "mma": "FIGHT",
    "esports": "GAME",
}


def read_series(ticker: str, competition_scope: str = "") -> Series:
    """What a series asks, by the table; `competition_scope` is Kalshi's own word for it where the table has none."""
    name = ticker.upper().split("-")[0]
    if name.startswith("KXMVE"):
        return Series(None, "combo")
    body = name.removeprefix("KX")
    for word, rest in _readings(body):
        if rest in QUESTIONS:
            return _series(LEAGUE_WORDS[word], QUESTIONS[rest])
    league = next((LEAGUE_WORDS[word] for word, _ in _readings(body)), None)
    if pattern := next((word for word in _PATTERN if body.endswith(word)), None):
        return _series(None, QUESTIONS[pattern])
    return Series(league, _topic_of(competition_scope))


def series_of(league: LeagueCode) -> tuple[str, ...]:
    """The series to ask for: those whose questions can be propositions."""
    words = [word for word, code in LEAGUE_WORDS.items() if code == league]
    asked = _ASKED[LEAGUES[league].sport].split()
    return tuple(f"KX{word}{question}" for word in words for question in asked)


def winners_of(league: LeagueCode) -> tuple[str, ...]:
    """Those that ask who wins the game: they list every game that anything is asked about."""
    return tuple(name for name in series_of(league) if read_series(name) == _series(league, QUESTIONS["GAME"]))


def _readings(body: str) -> Iterator[tuple[str, str]]:
    """Every way to read a league's word in front, the longest first: BRASILEIROB before BRASILEIRO."""
    for end in range(len(body), 0, -1):
        if body[:end] in LEAGUE_WORDS:
            yield body[:end], body[end:]


def _series(league: LeagueCode | None, question: _Question) -> Series:
    ends_with_regulation = league is not None and LEAGUES[league].has_draw_outcome and question.scope == "game"
    return Series(league, question.topic, question.kind, "regulation" if ends_with_regulation else question.scope)


def _topic_of(competition_scope: str) -> Topic:
    said = competition_scope.strip().lower()
    if not said:
        return "unknown_series"
    if said == "game":
        return "game"
    return "future" if said.startswith(("future", "award")) else "prop"
