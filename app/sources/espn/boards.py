"""Which scoreboards show a league, and how ESPN numbers sports and leagues."""

from collections.abc import Mapping

import msgspec

from app.domain.leagues import LeagueCode


class Board(msgspec.Struct, frozen=True):
    """One scoreboard of ESPN."""

    path: str
    params: Mapping[str, str] = {}


def _college(path: str, *groups: str) -> tuple[Board, ...]:
    return tuple(Board(path, {"groups": group, "limit": "500"}) for group in groups)


# 50 is Division I; 80 and 81 are FBS and FCS, and a team of one is invisible in the other.
BOARDS: dict[LeagueCode, tuple[Board, ...]] = {
    LeagueCode("nba"): (Board("/basketball/nba"),),
    LeagueCode("wnba"): (Board("/basketball/wnba"),),
    LeagueCode("ncaab"): _college("/basketball/mens-college-basketball", "50"),
    LeagueCode("ncaaw"): _college("/basketball/womens-college-basketball", "50"),
    LeagueCode("nfl"): (Board("/football/nfl"),),
    LeagueCode("ncaaf"): _college("/football/college-football", "80", "81"),
    LeagueCode("nhl"): (Board("/hockey/nhl"),),
    LeagueCode("mlb"): (Board("/baseball/mlb"),),
    LeagueCode("epl"): (Board("/soccer/eng.1"),),
    LeagueCode("championship"): (Board("/soccer/eng.2"),),
    LeagueCode("laliga"): (Board("/soccer/esp.1"),),
    LeagueCode("bundesliga"): (Board("/soccer/ger.1"),),
    LeagueCode("seriea"): (Board("/soccer/ita.1"),),
    LeagueCode("ligue1"): (Board("/soccer/fra.1"),),
    LeagueCode("mls"): (Board("/soccer/usa.1"),),
    LeagueCode("nwsl"): (Board("/soccer/usa.nwsl"),),
    LeagueCode("ligamx"): (Board("/soccer/mex.1"),),
    LeagueCode("ucl"): (Board("/soccer/uefa.champions"),),
    LeagueCode("uel"): (Board("/soccer/uefa.europa"),),
    LeagueCode("uecl"): (Board("/soccer/uefa.europa.conf"),),
    LeagueCode("worldcup"): (Board("/soccer/fifa.world"),),
    LeagueCode("soccer"): (Board("/soccer/all"),),
    LeagueCode("tennis"): (Board("/tennis/atp"), Board("/tennis/wta")),
    LeagueCode("ufc"): (Board("/mma/ufc"),),
}

# Hundreds of games a day of every league there is, most of which no venue lists and none is asked for: the games of
# leagues without a board of their own are not told at all.
NOT_POLLED = frozenset({LeagueCode("soccer")})

# Games whose page has a win probability, by general knowledge and recordings. Hockey and soccer have none.
WITH_PAGES = frozenset(map(LeagueCode, ("nba", "wnba", "ncaab", "ncaaw", "nfl", "ncaaf", "mlb")))

SPORT_NUMBERS = {"baseball": "1", "football": "20", "basketball": "40", "hockey": "70", "soccer": "600"} | {
    "tennis": "850",
    "mma": "3301",
}  # the `s` of a uid

SOCCER_NUMBERS = {
    number: LeagueCode(code)
    for number, code in (
        ("606", "worldcup"),
        ("700", "epl"),
        ("710", "ligue1"),
        ("720", "bundesliga"),
        ("730", "seriea"),
        ("740", "laliga"),
        ("760", "ligamx"),
        ("770", "mls"),
        ("3914", "championship"),
        ("8301", "nwsl"),
    )
}  # the `l` of a uid, as recorded
