"""What people allow to be risked: the limits, and where nothing is opened. Checked, written down with the audit, then
told to every process. A halt alone is told first: nobody waits for a store before everything stops.

The doors (REST, the command line) only translate; both come through here.
"""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from app.clock import wall_clock
from app.domain.games import GameId
from app.domain.leagues import find_league
from app.domain.limits import Written, limits_changed, limits_shown
from app.domain.questions import Fault, QuestionRefused, fault_of_name, fault_of_sport, fault_of_text
from app.domain.risks import Halt, HaltScope
from app.errors import Conflict, HistoryUnavailable, HotStoreUnavailable, NotFound
from app.history.audit import Deed
from app.history.database import Database
from app.history.queries import recorded_game
from app.history.risk import (
    LIMITS_CHANGED,
    RESUMED,
    LimitsVersion,
    current_limits,
    drop_halt,
    halted_deed,
    keep_halt,
    keep_limits,
    list_halts,
)
from app.hot.state import HotState
from app.venues.roster import VENUES

log = logging.getLogger(__name__)

LONGEST_REASON = 500  # characters


class Restraint(NamedTuple):
    """What was halted or resumed, and everything that is halted now. `is_new`: it was not so before. `is_told`: every
    process was told at once; else Redis is away, and each of them has stopped by itself. `is_written`: else Postgres is
    away, and whoever finds it again first writes it down."""

    halt: Halt
    halts: tuple[Halt, ...]
    is_new: bool
    is_told: bool
    is_written: bool = True


async def halt(hot: HotState, history: Database, scope: HaltScope, name: str, reason: str, *, by: str) -> Restraint:
    """Open nothing there any more, from now on and after every restart; halting twice is halting once. Raises
    QuestionRefused, NotFound, and HistoryUnavailable where nobody could be told either."""
    said, named = _read_reason(reason), await _read_name(hot, history, scope, name)
    wanted = Halt(scope=scope, name=named, reason=said, halted_by=by, halted_at=wall_clock().isoformat())
    was_told = await _tell_first(hot, wanted)
    try:
        await keep_halt(history, wanted, halted_deed(wanted))
        halts = await list_halts(history)
    except HistoryUnavailable:
        if not was_told:
            raise
        return Restraint(wanted, (*await _copied(hot), wanted), is_new=True, is_told=True, is_written=False)
    standing = next((each for each in halts if (each.scope, each.name) == (scope, named)), wanted)
    is_told = await _tell(hot, halts, wanted)
    return Restraint(standing, halts, is_new=standing == wanted, is_told=is_told or was_told)


async def resume(hot: HotState, history: Database, scope: HaltScope, name: str, *, by: str) -> Restraint:
    """Let it go on, unless another halt covers it. Raises QuestionRefused, and NotFound where nothing is halted."""
    league = find_league(name) if scope == "league" else None
    named = name.strip() if league is None else league.code
    before = next((each for each in await list_halts(history) if (each.scope, each.name) == (scope, named)), None)
    told = {"scope": scope, "name": named, "reason": before.reason if before is not None else ""}
    deed = Deed(at=wall_clock(), who=by, what=RESUMED, detail=told)
    if before is None or not await drop_halt(history, scope, named, deed):
        what = " ".join(part for part in (scope, named) if part)
        raise NotFound(f"'{what}' is not halted", remedy="GET /risk shows every halt with its scope and name.")
    halts = await list_halts(history)
    return Restraint(before, halts, is_new=True, is_told=await _tell(hot, halts, before))


async def change_limits(
    hot: HotState, history: Database, made_from: int, changes: Mapping[str, Written], reason: str, *, by: str
) -> LimitsVersion:
    """Put another version of the limits in force, everywhere within a second. Raises QuestionRefused, and Conflict when
    they are not at the version any more from which the change was made."""
    said, before = _read_reason(reason), await current_limits(history)
    if before.limits.version != made_from:
        raise Conflict(
            f"the limits are at version {before.limits.version}, and the change was made from version {made_from}",
            remedy="GET /risk shows those in force: make the change from them, and name their version.",
        )
    limits, now = limits_changed(before.limits, changes), wall_clock()
    old, new = limits_shown(before.limits), limits_shown(limits)
    differences = {name: {"before": old[name], "after": new[name]} for name in new if new[name] != old[name]}
    if not differences:
        raise QuestionRefused([Fault("limits", "must differ from those in force in something")])
    told = {"version": limits.version, "reason": said, "changed": differences}
    given = LimitsVersion(limits=limits, reason=said, changed_by=by, changed_at=now)
    await keep_limits(history, given, Deed(at=now, who=by, what=LIMITS_CHANGED, detail=told))
    try:
        await hot.announce_risk()
    except HotStoreUnavailable as error:
        log.warning("changed limits are not announced; they are read from Postgres", extra={"error": str(error)})
    return given


async def _tell_first(hot: HotState, halt: Halt) -> bool:
    try:
        await hot.tell_halt(halt)
    except HotStoreUnavailable as error:
        log.warning("a halt is not announced; everybody has stopped by himself", extra={"error": str(error)})
        return False
    return True


async def _copied(hot: HotState) -> tuple[Halt, ...]:
    """What was halted before, as far as it is known without Postgres."""
    try:
        return await hot.halts() or ()
    except HotStoreUnavailable:
        return ()


async def _tell(hot: HotState, halts: tuple[Halt, ...], written: Halt) -> bool:
    try:
        await hot.save_halts(halts)
        await hot.settle_halts([written])
    except HotStoreUnavailable as error:
        log.warning("halts are not announced; they are read from Postgres", extra={"error": str(error)})
        return False
    return True


async def _read_name(hot: HotState, history: Database, scope: HaltScope, name: str) -> str:
    """What is to be halted, as signals name it: a halt that names nothing would halt nothing."""
    named = name.strip()
    match scope:
        case "all":
            fault = "must be empty: everything is meant" if named else ""
        case "venue":
            venues = [venue.name for venue in VENUES]
            fault = "" if named in venues else f"must be one of {', '.join(venues)}"
        case "league":
            league = find_league(named)
            fault, named = fault_of_sport(named), named if league is None else league.code
        case "game":
            fault = fault_of_name(named)
            if not fault and not await _is_known(hot, history, GameId(named)):
                raise NotFound(f"no game {named[:100]}", remedy="GET /games lists the games there are.")
    if fault:
        raise QuestionRefused([Fault("name", fault)])
    return named


async def _is_known(hot: HotState, history: Database, game_id: GameId) -> bool:
    try:
        if await hot.game(game_id) is not None:
            return True
    except HotStoreUnavailable:
        pass  # nobody is kept from halting by that
    return await recorded_game(history, game_id) is not None


def _read_reason(text: str) -> str:
    said = " ".join(text.split())
    fault = "must say why" if not said else fault_of_text(said, LONGEST_REASON)
    if fault:
        raise QuestionRefused([Fault("reason", fault)])
    return said
