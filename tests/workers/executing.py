"""A process that forks the `execution` worker with real money at both simulated venues, as often as it is told to, for
whoever wants to kill it. `python -m tests.workers.executing`: a job a line in, the number of a process a line out."""

import asyncio
import os
import signal
import sys
import traceback
from contextlib import AsyncExitStack, aclosing

import msgspec

from app.clock import wall_clock
from app.domain.inputs import Followed, GameTaken, Halted
from app.domain.links import Link
from app.domain.markets import ContractId, MarketId
from app.domain.prices import CENT_GRID, Listed, book_id
from app.errors import Unavailable
from app.history.database import Database
from app.hot.state import open_hot_state
from app.intake import Intake
from app.resources import Resources
from app.settings import Settings
from tests.app.executor.members import FEES, HANDLINGS, Membership, at_kalshi, at_polymarket
from tests.workers.shards import LIVE_GAME, links_of
from tests.workers.worlds import Catalogue, Scoreboards, on_kalshi, on_polymarket
from workers.execution import execution


class Job(msgspec.Struct):
    """Where it works, and what it is at each venue."""

    database: str
    redis: str
    kalshi: Membership
    polymarket: Membership


async def execute(job: Job) -> None:
    """Until somebody kills it."""
    members = (job.kalshi, job.polymarket)
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        trading={"mode": "live", "max_stake": 500, "max_stake_a_day": 900},
        kalshi=at_kalshi(job.kalshi),
        polymarket=at_polymarket(job.polymarket),
    )
    async with AsyncExitStack() as stack:
        hot = await stack.enter_async_context(open_hot_state(job.redis))
        history = Database(job.database, pool_size=4)
        catalogues = [Catalogue(member.venue) for member in members]
        resources = Resources(settings, wall_clock, hot, history, Scoreboards(), catalogues)
        know(resources.intake, members)
        while True:
            try:
                async with aclosing(execution(resources)) as work:
                    async for _ in work:
                        pass
            except Unavailable as error:  # the supervisor begins a worker anew that has fallen
                print(f"it fell: {error}", file=sys.stderr)
                await asyncio.sleep(0.5)


def know(intake: Intake, members: tuple[Membership, ...]) -> None:
    """What the core would have heard: a game, its contracts, and that nothing is halted."""
    for member in members:
        market, (yes, no) = MarketId(member.markets[0]), map(ContractId, member.contracts)
        listed = Listed(book_id(member.venue, market), member.venue, market, LIVE_GAME.id, yes, no)
        intake.put(Followed(listed, CENT_GRID, intake.now()))
    by_venue = {link.venue: link for link in links_of(on_kalshi(), on_polymarket())}
    links = tuple(_link(by_venue[member.venue], member) for member in members)
    intake.put(GameTaken(LIVE_GAME, links, intake.now(), 0.5))
    intake.put(Halted((), intake.now()))


def _link(pattern: Link, member: Membership) -> Link:
    return msgspec.structs.replace(
        pattern,
        contract_id=ContractId(member.contracts[0]),
        market_id=MarketId(member.markets[0]),
        handling=HANDLINGS[member.venue],
        fees=FEES[member.venue],
    )


def forked(job: Job) -> int:
    """The number of the process that does it."""
    child = os.fork()
    if not child:
        try:
            asyncio.run(execute(job))
        except BaseException:  # a fork must not go on with what is its parent's
            traceback.print_exc()
        os._exit(1)
    return child


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that were killed
    for line in sys.stdin:
        print(forked(msgspec.json.decode(line, type=Job)), flush=True)
