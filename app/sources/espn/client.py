"""ESPN as a score source."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial

from app.domain.games import Game, WinProbability
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.teams import Team
from app.fetching import Fetcher, answers_and_failures, is_unknown
from app.ports import GamesIncomplete
from app.sources.espn.boards import BOARDS, NOT_POLLED, WITH_PAGES, Board
from app.sources.espn.translate import games_page, number_doubleheaders, teams_page, win_probability_from


class Espn:
    """The public scoreboards: one call for each board and Eastern day."""

    name = "espn"

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    @property
    def leagues(self) -> Sequence[LeagueCode]:
        """The leagues with a scoreboard of their own."""
        return [code for code in BOARDS if code not in NOT_POLLED]

    @property
    def counts(self) -> Mapping[str, int]:
        """What was asked and what went wrong since the start, by kind."""
        return self._fetcher.counts

    async def games(self, league: LeagueCode, days: Sequence[date]) -> Sequence[Game]:
        """Every game of these Eastern days, each once, doubleheaders numbered. Raises FeedUnavailable or PayloadRefused
        when no scoreboard answers, GamesIncomplete when only some do; one of several boards may be unknown to ESPN."""
        boards = BOARDS.get(league, ())
        calls = [self._board(league, board, day) for board in boards for day in days]
        answers, failures = await answers_and_failures(calls)
        if failures and not answers:
            raise failures[0]
        found = {game.id: game for answer in answers for game in answer}
        games = number_doubleheaders([game for game in found.values() if _is_of(game, days)])
        missed = [failure for failure in failures if len(boards) == 1 or not is_unknown(failure)]
        if missed:
            raise GamesIncomplete(f"{len(missed)} of {len(calls)} scoreboards failed: {missed[0]}", games)
        return games

    async def teams(self, league: LeagueCode) -> Sequence[Team]:
        """The league's team list; empty for sports of single players. Raises FeedUnavailable or PayloadRefused."""
        if not LEAGUES[league].has_teams or league in NOT_POLLED:
            return ()
        found: dict[str, Team] = {}
        for board in BOARDS.get(league, ()):
            params = {**board.params, "limit": "1000"}
            teams, _ = await self._fetcher.read(f"{board.path}/teams", params, partial(teams_page, league=league))
            found |= {team.id: team for team in teams}
        return tuple(found.values())

    @property
    def leagues_with_pages(self) -> Collection[LeagueCode]:
        """Those with a model of ESPN's own, which the scoreboard shows for some games only."""
        return WITH_PAGES

    async def win_probability(self, game: Game) -> WinProbability | None:
        """By the game's summary. Raises FeedUnavailable or PayloadRefused."""
        payload = await self._fetcher.get(f"{BOARDS[game.league][0].path}/summary", {"event": game.id})
        return win_probability_from(payload, game.league)

    async def _board(self, league: LeagueCode, board: Board, day: date) -> Sequence[Game]:
        params = {**board.params, "dates": f"{day:%Y%m%d}"}
        games, _ = await self._fetcher.read(f"{board.path}/scoreboard", params, partial(games_page, league=league))
        return games


def _is_of(game: Game, days: Sequence[date]) -> bool:
    """A tournament or a card is shown whole on each of its days; a team's game is where its day says."""
    return LEAGUES[game.league].has_teams or game.eastern_date in days
