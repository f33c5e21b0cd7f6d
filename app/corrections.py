"""What people correct: names they teach, and links they overrule. Checked, written down with the audit, then shown.

The doors (REST, the command line) only translate; both come through here.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from app.clock import wall_clock
from app.domain.games import Game
from app.domain.links import Link, Verdict
from app.domain.markets import ContractId
from app.domain.overrides import Override
from app.domain.teams import Team, TeamId
from app.errors import NotFound
from app.history.aliases import Alias, add_alias, list_aliases, remove_alias
from app.history.audit import Deed, write_down
from app.history.database import Database
from app.history.overrides import drop_override, find_override, keep_override, list_overrides
from app.history.queries import recorded_contracts
from app.history.recorder import Recorder
from app.hot.state import HotState
from app.matching.lessons import check_name
from app.matching.overrides import State, as_matched, doubts_of, judge, overruled, read_reason, state_of
from app.matching.unified import TeamMatcher


class Overruled(msgspec.Struct, frozen=True):
    """An override, and the link as it is with it."""

    said: Override
    game: Game
    link: Link


class Standing(msgspec.Struct, frozen=True):
    """An override as it stands now; `why` it is not in force."""

    said: Override
    state: State
    why: str


async def teach(matching: TeamMatcher, history: Database, sport: str, team: Team, name: str, *, by: str) -> Alias:
    """Put a name into the alias book. Raises BadInput and Conflict as `check_name` does."""
    called, now = check_name(matching, sport, team, name), wall_clock()
    if await add_alias(history, team.id, called, added_by=by, at=now):
        told = {"team_id": team.id, "name": called}
        await write_down(history, Deed(at=now, who=by, what="alias.added", detail=told))
    return Alias(pool=team.pool, team_id=team.id, name=called, source="person", added_by=by, added_at=now)


async def unteach(history: Database, team_id: TeamId, name: str, *, by: str) -> str:
    """Take a name out of the alias book again; the name as it stood there. Raises NotFound."""
    called = " ".join(name.split())
    if not await remove_alias(history, team_id, called):
        raise NotFound(
            f"nobody taught '{called}' as a name of {team_id}",
            remedy="The alias book lists the names that were taught; packaged names are not taken back.",
        )
    told = {"team_id": team_id, "name": called}
    await write_down(history, Deed(at=wall_clock(), who=by, what="alias.removed", detail=told))
    return called


async def taught_matcher(matching: TeamMatcher, hot: HotState, history: Database) -> Sequence[Alias]:
    """Let a matcher of one's own know what the platform has learned; the alias book."""
    await matching.learn_teams(await hot.learned_teams())
    book = await list_aliases(history)
    await matching.know_names((alias.team_id, alias.name) for alias in book)
    return book


async def overrule(
    hot: HotState, history: Database, contract_id: ContractId, verdict: Verdict, reason: str, *, by: str
) -> Overruled:
    """Say something of a linked contract against the matcher. Raises BadInput, NotFound and Conflict.

    It counts from the next search on; `show` makes it count at once."""
    stated = read_reason(reason)
    game, shown = await _find(hot, history, contract_id)
    judge(shown, game, verdict)
    link = as_matched(shown)
    said = Override(
        contract_id=contract_id,
        verdict=verdict,
        reason=stated,
        proposition=link.proposition,
        polarity=link.polarity,
        doubts=doubts_of(link),
        rules_hash=link.rules_hash,
        said_by=by,
        said_at=wall_clock(),
    )
    before = await find_override(history, contract_id)
    told = {**_told(contract_id, before, said), "game_id": game.id, "matched": link.verdict, "shown": shown.verdict}
    await keep_override(history, said, Deed(at=said.said_at, who=by, what="link.overridden", detail=told))
    return Overruled(said, game, overruled(link, said))


async def take_back(history: Database, contract_id: ContractId, *, by: str) -> Override:
    """Let the matcher's own verdict count again; what was said. Raises NotFound."""
    before = await find_override(history, contract_id)
    deed = Deed(at=wall_clock(), who=by, what="link.restored", detail=_told(contract_id, before, None))
    if before is None or not await drop_override(history, contract_id, deed):
        raise NotFound(f"nobody has overridden {contract_id}", remedy="GET /match/overrides lists what was said.")
    return before


async def show(
    hot: HotState, history: Database, contract_id: ContractId, said: Override | None, now: datetime
) -> Link | None:
    """Let what is said, or is said no more, count at once for everybody; the link, if there is one now."""
    try:
        game, _ = await _find(hot, history, contract_id)
    except NotFound:
        return None
    links = [overruled(each, said) if each.contract_id == contract_id else each for each in await hot.links(game.id)]
    await hot.save_links(game.id, links)
    if await hot.discovered(game.id) is not None:
        await hot.publish_game(game, links, now)
    link = next((link for link in links if link.contract_id == contract_id), None)
    if link is not None:
        await Recorder(history).record_links([link], now)
    return link


async def standings(history: Database, contract_ids: Collection[ContractId] = ()) -> Sequence[Standing]:
    """Everything that is said, or only of these contracts, with whether it is in force."""
    all_said = [said for said in await list_overrides(history) if not contract_ids or said.contract_id in contract_ids]
    links = await recorded_contracts(history, [said.contract_id for said in all_said])
    return [Standing(said, *state_of(links.get(said.contract_id), said)) for said in all_said]


async def _find(hot: HotState, history: Database, contract_id: ContractId) -> tuple[Game, Link]:
    """The game and link of a contract. History knows of which game it is, Redis how it stands."""
    recorded = (await recorded_contracts(history, [contract_id])).get(contract_id)
    game = await hot.game(recorded.game_id) if recorded else None
    links = await hot.links(game.id) if game else ()
    link = next((each for each in links if each.contract_id == contract_id), None)
    if game is None or link is None:
        raise NotFound(
            f"no contract {contract_id} is linked now",
            remedy="GET /games/{id}/links shows the contract_id of every contract of a game.",
        )
    return game, link


def _told(contract_id: ContractId, before: Override | None, after: Override | None) -> dict[str, object]:
    return {"contract_id": contract_id, "before": _in_short(before), "after": _in_short(after)}


def _in_short(said: Override | None) -> dict[str, str] | None:
    if said is None:
        return None
    return {"verdict": said.verdict, "reason": said.reason, "said_by": said.said_by, "rules_hash": said.rules_hash}
