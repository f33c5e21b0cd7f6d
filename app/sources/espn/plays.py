"""The plays of a game in depth, each with the score after it and the source's own chance of the home side."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.domain.games import Game
from app.domain.leagues import LeagueCode
from app.domain.parsing import decode
from app.errors import PayloadRefused
from app.sources.espn.translate import counted, share, summary_from
from app.sources.espn.wire import Id, Wire


class Period(Wire):
    number: int = 0


class Clock(Wire):
    display_value: str = ""


class PlayWire(Wire):
    id: Id = ""
    home_score: int | None = None
    away_score: int | None = None
    period: Period = msgspec.field(default_factory=Period)
    clock: Clock = msgspec.field(default_factory=Clock)
    wallclock: datetime | None = None


class ChanceWire(Wire):
    play_id: Id = ""
    home_win_percentage: float | None = None  # 0..1


class InDepth(Wire):
    plays: list[PlayWire] | None = None
    winprobability: list[ChanceWire] | None = None


_IN_DEPTH = msgspec.json.Decoder(InDepth, strict=False)


class Play(msgspec.Struct, frozen=True):
    """The game as it stood after a play, and when that was; `chance`: None where the source gives none."""

    game: Game
    at: datetime
    chance: float | None


def plays_from(payload: bytes, league: LeagueCode) -> tuple[Game, Sequence[Play]]:
    """A game as it ended (or stands), and its plays in their order; those without a time are left out. Raises
    PayloadRefused."""
    games = summary_from(payload, league).items
    told: InDepth = decode(payload, _IN_DEPTH)
    if not games:
        raise PayloadRefused("header: no game")
    chances = {str(each.play_id): share(each.home_win_percentage) for each in told.winprobability or ()}
    return games[0], [
        Play(_as_it_stood(games[0], play), play.wallclock, chances.get(str(play.id)))
        for play in told.plays or ()
        if play.wallclock is not None
    ]


def _as_it_stood(game: Game, play: PlayWire) -> Game:
    return msgspec.structs.replace(
        game,
        status="live",
        period=counted(play.period.number) or 0,
        clock=play.clock.display_value,
        home_score=counted(play.home_score),
        away_score=counted(play.away_score),
        home_win_probability=None,
    )
