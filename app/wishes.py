"""What people ask of an executor: checked by what anybody can see, written down once under its key, then told.

The doors (REST, the command line) only translate; all of them come through here. The executor checks again, by what it
alone knows: halts, limits, money, the venue's grid.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import msgspec

from app.domain.games import Game, GameId
from app.domain.instructions import (
    Body,
    CancelWanted,
    CloseWanted,
    Instruction,
    InstructionId,
    InstructionKind,
    LoseAnswerWanted,
    OrderWanted,
    ResetWanted,
)
from app.domain.links import Link
from app.domain.markets import ContractId, Handling
from app.domain.money import ONE_DOLLAR, Money, Price, Size, price_text, size_text
from app.domain.orders import AccountId, Side, TimeInForce
from app.domain.prices import BookId, Grid, book_id
from app.domain.questions import Fault, QuestionRefused
from app.errors import Conflict, HotStoreUnavailable, NotFound
from app.history.accounts import list_accounts
from app.history.database import Database
from app.history.instructions import ask, find_instruction
from app.history.queries import recorded_contracts
from app.history.trading_reads import find_position
from app.history.trading_tables import AccountRow
from app.hot.state import HotState
from app.matching.unified import TeamMatcher

ORDER_LIFE = timedelta(seconds=15)  # a price that was right when it was asked for
CLOSE_LIFE = timedelta(minutes=1)
CANCEL_LIFE = timedelta(hours=1)
RESET_LIFE = timedelta(minutes=10)
PAUSES = (0.01, 0.02, 0.03, 0.05, 0.1)  # seconds between two looks, the last one again and again
BEGUN = ("waiting", "taken")

GridOf = Callable[[BookId], Grid | None]

log = logging.getLogger(__name__)


class Who(msgspec.Struct, frozen=True):
    """Who asks, when, and under which key: the same wish under the same key is one wish. No key: another each time."""

    name: str
    at: datetime
    key: str = ""


class OrderWish(msgspec.Struct, frozen=True, kw_only=True):
    """An order as people name it: by its contract, or by game, venue and the team that is to win."""

    account: AccountId
    contract_id: ContractId | None = None
    game_id: GameId | None = None
    venue: str | None = None
    team: str | None = None
    side: Side
    limit: Price
    size: Size
    time_in_force: TimeInForce = "ioc"
    is_post_only: bool = False
    expires_at: datetime | None = None


async def account_named(history: Database, name: str) -> AccountRow:
    """An account that is open. Raises QuestionRefused naming those that are."""
    accounts = [each for each in await list_accounts(history) if each.closed_at is None]
    found = next((each for each in accounts if each.id == name), None)
    if found is None:
        known = ", ".join(each.id for each in accounts) or "none is open yet, POST /accounts opens one"
        raise QuestionRefused([Fault("account", f"must be an open account: {known}")])
    return found


async def ask_order(
    hot: HotState, history: Database, matching: TeamMatcher, grid_of: GridOf, wish: OrderWish, who: Who
) -> Instruction:
    """Ask for an order; the same one again when it was asked for under this key before. `grid_of`: where the prices of
    a book lie, if that is known here. Raises QuestionRefused, NotFound, and Conflict for a key that stands for
    something else."""
    contract_id = wish.contract_id or await _contract_of(hot, matching, wish)
    wanted = _instruction("order", wish.account, _order_wanted(wish, contract_id), who, ORDER_LIFE)
    if await find_instruction(history, wanted.id) is None:  # what was asked before is not judged by what is now
        link = await _link_of(hot, history, contract_id)
        held = await find_position(history, wish.account, contract_id) if wish.side == "sell" else None
        has = Size(int(held.size * 1_000_000)) if held else Size(0)
        if faults := list(_faults(wish, link, who.at, has, grid_of)):
            raise QuestionRefused(faults)
    return await _ask(hot, history, wanted)


async def ask_cancel(
    hot: HotState, history: Database, account: AccountId, wanted: CancelWanted, who: Who
) -> Instruction:
    """Ask to take an order back."""
    return await _ask(hot, history, _instruction("cancel", account, wanted, who, CANCEL_LIFE))


async def ask_close(hot: HotState, history: Database, account: AccountId, wanted: CloseWanted, who: Who) -> Instruction:
    """Ask to sell a position, or some of it. Raises NotFound, QuestionRefused for more than there is, and Conflict for
    a position that is not any more what was looked at."""
    made = _instruction("close", account, wanted, who, CLOSE_LIFE)
    if await find_instruction(history, made.id) is None:
        held = await find_position(history, account, wanted.contract_id)
        if held is None or held.closed_at is not None:
            raise NotFound(f"{account} holds nothing of {wanted.contract_id}", remedy="GET /positions shows what is.")
        if wanted.version not in (0, held.version):
            raise Conflict(
                f"the position is at version {held.version}, and version {wanted.version} was looked at",
                remedy="Look at it again (GET /positions/{id}), and name its version, or none.",
            )
        if wanted.size is not None and wanted.size > held.size * 1_000_000:
            raise QuestionRefused([Fault("size", f"must be at most {held.size.normalize():f}, which is held")])
    return await _ask(hot, history, made)


async def ask_reset(hot: HotState, history: Database, account: AccountRow, balance: Money, who: Who) -> Instruction:
    """Ask to begin a paper account anew, with so much money. Raises Conflict for one of real money."""
    if account.kind != "paper":
        raise Conflict(f"{account.id} holds real money", remedy="Only paper accounts can begin anew.")
    wanted = _instruction("reset", AccountId(account.id), ResetWanted(balance=balance), who, RESET_LIFE)
    return await _ask(hot, history, wanted)


async def ask_lost_answer(hot: HotState, history: Database, account: AccountRow, who: Who) -> Instruction:
    """Ask that the answer to the next order of a paper account is lost: a drill. Raises Conflict for one of real
    money."""
    if account.kind != "paper":
        raise Conflict(f"{account.id} holds real money", remedy="Drills are for paper accounts alone.")
    wanted = _instruction("lose_answer", AccountId(account.id), LoseAnswerWanted(), who, ORDER_LIFE)
    return await _ask(hot, history, wanted)


async def tell_account(hot: HotState, account: AccountId) -> None:
    """Its executor is to look at it now: it is new, or its purse is another."""
    try:
        await hot.tell_account(account)
    except HotStoreUnavailable as error:
        log.warning("an account is not told of; it is found in Postgres", extra={"error": str(error)})


async def word_on(history: Database, asked: Instruction, within: float) -> Instruction:
    """What the executor has said of it so far, at most so many seconds later."""
    loop = asyncio.get_running_loop()
    deadline, turn = loop.time() + within, 0
    while asked.state in BEGUN and loop.time() < deadline:
        await asyncio.sleep(PAUSES[min(turn, len(PAUSES) - 1)])
        asked, turn = await find_instruction(history, asked.id) or asked, turn + 1
    return asked


async def _ask(hot: HotState, history: Database, wanted: Instruction) -> Instruction:
    asked = await ask(history, wanted)
    if asked.state == "waiting":
        try:
            await hot.tell_order(asked.id)
        except HotStoreUnavailable as error:
            log.warning("an instruction is not told; it is found in Postgres", extra={"error": str(error)})
    return asked


def _instruction(kind: InstructionKind, account: AccountId, body: Body, who: Who, life: timedelta) -> Instruction:
    key = f"{who.name}\0{who.key}" if who.key else secrets.token_hex()
    digest = hashlib.blake2b(f"{kind}\0{key}".encode(), digest_size=12).hexdigest()
    return Instruction(
        id=InstructionId(f"{kind}:{digest}"),
        kind=kind,
        account=account,
        body=msgspec.to_builtins(body),
        asked_by=who.name,
        asked_at=who.at,
        expires_at=who.at + life,
    )


def _order_wanted(wish: OrderWish, contract_id: ContractId) -> OrderWanted:
    ends = 0 if wish.expires_at is None else round(wish.expires_at.timestamp() * 1_000) * 1_000_000
    return OrderWanted(
        contract_id=contract_id,
        side=wish.side,
        limit=wish.limit,
        size=wish.size,
        time_in_force=wish.time_in_force,
        is_post_only=wish.is_post_only,
        expires_at=ends,
    )


async def _contract_of(hot: HotState, matching: TeamMatcher, wish: OrderWish) -> ContractId:
    """The contract that pays when the team wins the game."""
    if wish.game_id is None or not wish.venue or not wish.team:
        raise QuestionRefused([Fault("contract_id", "must be given, or game, venue and team in its place")])
    game = await hot.game(wish.game_id)
    if game is None:
        raise NotFound(f"no game {wish.game_id[:100]} is followed now", remedy="GET /games lists the games there are.")
    meant = _team_of(matching, game, wish.team)
    for link in await hot.links(game.id):
        said = link.proposition
        is_winner = said.kind == "moneyline" and said.scope in ("game", "regulation") and said.team_id == meant
        if is_winner and link.venue == wish.venue and link.polarity == "yes" and link.contract_id is not None:
            return link.contract_id
    raise QuestionRefused([Fault("venue", f"must list who wins {game.away.name} at {game.home.name}")])


def _team_of(matching: TeamMatcher, game: Game, name: str) -> str:
    """Ambiguous names are none among two teams."""
    found = matching.resolve(name, game.league)
    known = {team.id for team in (found.team, *found.candidates) if team is not None}
    meant = [team for team in (game.home, game.away) if team.id in known]
    if len(meant) != 1:
        raise QuestionRefused([Fault("team", f"must be {game.home.name} or {game.away.name}")])
    return meant[0].id


async def _link_of(hot: HotState, history: Database, contract_id: ContractId) -> Link | None:
    """As it is now; of a game that nobody follows any more as it was last."""
    recorded = (await recorded_contracts(history, [contract_id])).get(contract_id)
    if recorded is None:
        return None
    links = await hot.links(recorded.game_id)
    return next((link for link in links if link.contract_id == contract_id), recorded)


def _faults(wish: OrderWish, link: Link | None, now: datetime, held: Size, grid_of: GridOf) -> Iterator[Fault]:
    if link is None:
        known = "GET /games/{id}/links lists those of a game"
        yield Fault("contract_id", f"must be a contract that is linked to a game; {known}")
    elif wish.side == "buy" and link.verdict != "tradable":
        doubts = "; ".join(f"{each.field}: {each.detail}" for each in link.reasons if each.finding != "agrees")
        yield Fault("contract_id", f"must be tradable; it is {link.verdict}{f' ({doubts})' if doubts else ''}")
    if not 0 < wish.limit < ONE_DOLLAR:
        yield Fault("limit", "must be above 0 and below 1 dollar")
    elif link is not None and link.market_id is not None:
        grid = grid_of(book_id(link.venue, link.market_id))
        if grid is not None and not grid.holds(wish.limit):
            steps = " or ".join(dict.fromkeys(price_text(Price(each.step)) for each in grid.steps))
            yield Fault("limit", f"must lie on the market's grid, whose step is {steps} dollars")
    if wish.side == "sell" and wish.size > held:
        yield Fault("size", f"must be at most {size_text(held)}: so much is held, and nothing is sold short")
    yield from _faults_of_size(wish.size, link.handling if link else None)
    yield from _faults_of_time(wish, now)


def _faults_of_size(size: Size, handling: Handling | None) -> Iterator[Fault]:
    least = handling.least if handling else Size(1)
    if size < least:
        yield Fault("size", f"must be at least {size_text(least)}: the venue takes no fewer")
    elif handling and size % handling.step:
        yield Fault("size", f"must be a multiple of {size_text(handling.step)}: the venue takes no others")


def _faults_of_time(wish: OrderWish, now: datetime) -> Iterator[Fault]:
    if wish.is_post_only and wish.time_in_force in ("fok", "ioc"):
        yield Fault("is_post_only", "must be false for what is to be filled at once")
    if (wish.time_in_force == "gtd") is (wish.expires_at is None):
        yield Fault("expires_at", "must be given for gtd, and for nothing else")
    elif wish.expires_at is not None and wish.expires_at <= now:
        yield Fault("expires_at", f"must be later than now, {now:%Y-%m-%dT%H:%M:%SZ}")
