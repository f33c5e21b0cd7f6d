"""Leagues: the `sport` of the API, and what is true of each one whoever lists it."""

from typing import NewType

import msgspec

LeagueCode = NewType("LeagueCode", str)
Pool = NewType("Pool", str)  # leagues whose teams share one set of ids: every soccer league is in pool `soccer`


class League(msgspec.Struct, frozen=True, gc=False):
    """One competition. `ties`: a game can end level, so a draw outcome or a tie rule exists.

    `countries`: all its clubs are from there, by FIFA's codes; empty when it knows no border. `of_nations`: countries
    play, not clubs; `of_women`: women do.
    """

    code: LeagueCode
    name: str
    sport: str  # basketball, football, hockey, baseball, soccer, tennis, mma, esports
    pool: Pool
    ties: bool = False
    countries: tuple[str, ...] = ()
    of_nations: bool = False
    of_women: bool = False

    @property
    def has_teams(self) -> bool:
        """Competitor-against-competitor leagues are linkable, never tradable by default."""
        return self.sport in TEAM_SPORTS

    @property
    def has_draw_outcome(self) -> bool:
        """The winner market is three-way and counts regulation only."""
        return self.sport == "soccer"


TEAM_SPORTS = frozenset({"basketball", "football", "hockey", "baseball", "soccer"})


def _league(code: str, name: str, sport: str, pool: str = "", ties: bool = False) -> League:
    return League(LeagueCode(code), name, sport, Pool(pool or code), ties)


def _soccer(code: str, name: str, *countries: str) -> League:
    return League(LeagueCode(code), name, "soccer", Pool("soccer"), True, countries)


LEAGUES: dict[LeagueCode, League] = {
    league.code: league
    for league in (
        _league("nba", "NBA", "basketball"),
        _league("wnba", "WNBA", "basketball"),
        _league("ncaab", "NCAA men's basketball", "basketball"),
        _league("ncaaw", "NCAA women's basketball", "basketball"),
        _league("nfl", "NFL", "football", ties=True),
        _league("ncaaf", "NCAA football", "football"),
        _league("nhl", "NHL", "hockey"),
        _league("mlb", "MLB", "baseball"),
        _soccer("epl", "Premier League", "ENG", "WAL"),
        _soccer("championship", "EFL Championship", "ENG", "WAL"),
        _soccer("laliga", "La Liga", "ESP"),
        _soccer("bundesliga", "Bundesliga", "GER"),
        _soccer("seriea", "Serie A", "ITA"),
        _soccer("ligue1", "Ligue 1", "FRA", "MON"),
        _soccer("mls", "MLS", "USA", "CAN"),
        League(LeagueCode("nwsl"), "NWSL", "soccer", Pool("soccer"), True, ("USA",), of_women=True),
        _soccer("ligamx", "Liga MX", "MEX"),
        _soccer("ucl", "Champions League"),
        _soccer("uel", "Europa League"),
        _soccer("uecl", "Conference League"),
        League(LeagueCode("worldcup"), "World Cup", "soccer", Pool("soccer"), True, of_nations=True),
        _soccer("soccer", "Soccer, any club or nation"),
        _league("tennis", "Tennis", "tennis"),
        _league("ufc", "UFC", "mma", ties=True),
        _league("lol", "League of Legends", "esports"),
        _league("cs2", "Counter-Strike 2", "esports"),
        _league("valorant", "Valorant", "esports"),
    )
}

_OTHER_CODES = {"cfb": "ncaaf", "cbb": "ncaab", "cwbb": "ncaaw", "ncaam": "ncaab"}


def find_league(code: str) -> League | None:
    """The league of a code as people write it (`NBA`, `cfb`), or None when there is no such league."""
    known = code.strip().lower()
    return LEAGUES.get(LeagueCode(_OTHER_CODES.get(known, known)))
