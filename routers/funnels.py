"""Why not: at which stage everything was let go that is not a signal, from the games down, on one screen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.clock import moment_of
from app.discovery.shortfalls import Census, Shortfall
from app.domain.funnels import Funnel, Stop
from app.domain.games import Game
from app.domain.links import LeftOut
from app.domain.signals import STAGES, Stage
from app.errors import HistoryUnavailable
from app.history.trade_ends import TradeEnd, ends_since
from app.hot.signals import joined
from app.resources import Resources
from app.signals.roster import ROSTER
from routers.amounts import MomentOrNever
from routers.answers import Answer
from routers.signal_examples import FUNNEL

GAMES_A_READING = 20  # whose links are read at once: everybody else has a turn between

Counted = Literal["games", "contracts", "listings", "combinations"]


class ExampleAnswer(Answer):
    """One that was let go there."""

    game_id: str | None
    contracts: list[str]
    detail: str
    at: MomentOrNever = Field(None, description="When it came to stand there; null: it does now.")


class ReasonCount(BaseModel):
    """One reason."""

    reason: str = Field(examples=["stale"])
    counted: Counted = Field(description="What: a combination is some contracts that could be an edge together.")
    count: int = Field(description="Since the start, each time one came to stand there; of others those there are now.")
    standing: int = Field(description="Now.")
    example: ExampleAnswer | None = Field(description="The last one.")


class StageAnswer(BaseModel):
    """One stage, and everything that was let go there."""

    stage: Literal["games"] | Stage
    count: int = Field(description="Combinations since the start; at `games`: games that are there now.")
    standing: int = Field(description="The same, now.")
    reasons: list[ReasonCount]


class TakenAnswer(Answer):
    """What became of some of the signals that were sent."""

    model_config = ConfigDict(from_attributes=True)

    status: str = Field(
        description="How their trades ended: `hedged` and `filled` hold what was wanted, `unwound` was sold again, "
        "`missed` bought nothing, `exposed` holds one leg alone, `open` goes on."
    )
    count: int = Field(description="Since the start.")
    signal_id: str = Field(description="The last one.")
    game_id: str
    began_at: datetime


class FunnelAnswer(BaseModel):
    """From the games that are followed to the signals that were sent, and why each of the others was not."""

    model_config = ConfigDict(json_schema_extra={"example": FUNNEL})

    at: datetime
    since: datetime | None = Field(description="The start of the oldest process; null: none looks for signals now.")
    processes: int = Field(description="That look for signals now.")
    games: int = Field(description="Followed now.")
    games_linked: int = Field(description="With tradable contracts at two venues.")
    combinations: dict[str, int] = Field(description="Looked at now, by detector; every one is named.")
    stages: list[StageAnswer] = Field(description="In order, all eight.")
    taken: list[TakenAnswer] | None = Field(
        None, description="Of the signals that were sent: how they were filled; null while Postgres is away."
    )
    simulated: bool


async def read_census(opened: Resources) -> Census:
    """Every followed game with what stands against its links. Raises HotStoreUnavailable."""
    census, games = Census(), await opened.hot.active_games()
    for first in range(0, len(games), GAMES_A_READING):
        some: Sequence[Game] = games[first : first + GAMES_A_READING]
        links = await opened.hot.doubted_links([game.id for game in some])
        for game in some:
            census.count(game, links.get(game.id, ()))
    return census


async def read_funnel(opened: Resources) -> FunnelAnswer:
    """Of all processes together. Raises HotStoreUnavailable."""
    census = await read_census(opened)
    told = await opened.hot.funnels()
    funnel, left_out = joined(told), await opened.hot.left_out_examples()
    return FunnelAnswer(
        at=opened.clock(),
        since=moment_of(funnel.since) if funnel and funnel.since else None,
        processes=len(told),
        games=census.games,
        games_linked=census.linked,
        combinations={**dict.fromkeys(ROSTER, 0), **(funnel.combinations if funnel else {})},
        stages=_stages(census, funnel, left_out),
        taken=await _taken(opened, funnel),
        simulated=opened.settings.simulation.is_on,
    )


async def _taken(opened: Resources, funnel: Funnel | None) -> list[TakenAnswer] | None:
    if funnel is None or not funnel.since:
        return []
    try:
        ends: Sequence[TradeEnd] = await ends_since(opened.history, moment_of(funnel.since))
    except HistoryUnavailable:
        return None
    return [TakenAnswer.model_validate(each) for each in ends]


def _stages(census: Census, funnel: Funnel | None, left_out: Mapping[str, tuple[int, LeftOut]]) -> list[StageAnswer]:
    of_games = [_of_shortfall(each) for each in census.shortfalls if each.counted == "games"]
    kept_out = sum(reason.count for reason in of_games)
    games = StageAnswer(stage="games", count=kept_out, standing=kept_out, reasons=of_games)
    before = [_of_shortfall(each) for each in census.shortfalls if each.counted == "contracts"]
    before += [_of_listings(code, count, first) for code, (count, first) in left_out.items()]
    stops = () if funnel is None else funnel.stops
    return [games, *(_stage(name, stops, before if name == "linked" else []) for name in STAGES)]


def _stage(name: Stage, stops: Sequence[Stop], more: list[ReasonCount]) -> StageAnswer:
    here = sorted((stop for stop in stops if stop.stage == name), key=lambda stop: (-stop.standing, -stop.count))
    return StageAnswer(
        stage=name,
        count=sum(stop.count for stop in here),
        standing=sum(stop.standing for stop in here),
        reasons=[_of_stop(stop) for stop in here] + more,
    )


def _of_stop(stop: Stop) -> ReasonCount:
    example = None if stop.example is None else ExampleAnswer.model_validate(stop.example)
    return ReasonCount(
        reason=stop.reason, counted="combinations", count=stop.count, standing=stop.standing, example=example
    )


def _of_shortfall(each: Shortfall) -> ReasonCount:
    contracts = [each.contract_id] if each.contract_id else []
    example = ExampleAnswer(game_id=each.game_id, contracts=contracts, detail=each.detail)
    return ReasonCount(reason=each.reason, counted=each.counted, count=each.count, standing=each.count, example=example)


def _of_listings(code: str, count: int, first: LeftOut) -> ReasonCount:
    named = f"{first.venue} {first.market_id or first.event_id} '{first.title}': {first.detail}"
    example = ExampleAnswer(game_id=first.game_id, contracts=[], detail=named)
    return ReasonCount(reason=code, counted="listings", count=count, standing=count, example=example)
