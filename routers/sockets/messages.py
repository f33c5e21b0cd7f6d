"""What is said over `/ws`, either way. What people send is read here, and refused with what to do about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from app.domain.games import GameId
from app.domain.prices import LaneId
from app.errors import BadInput, CrosscourtError, KeyRequired, TooManyCalls, Unavailable
from app.hot.glances import GlanceShown
from app.hot.shown import QuoteShown
from app.hot.updates import Cursor, Said

LARGEST_MESSAGE = 16 * 1024  # characters
LONGEST_ID = 100  # characters
LONGEST_CHANNEL = 210

POSITIONS = "positions"
LASTING = frozenset({"signals", "orders", "fills", POSITIONS})  # numbered, and never dropped
GAMES = "games"
SLATE = "slate"
PRICES = "prices:"

Code = Literal[
    "binary",
    "too_large",
    "not_json",
    "unknown_op",
    "bad_field",
    "bad_since",
    "unknown_channel",
    "unknown_game",
    "too_many_channels",
    "too_many_messages",
    "key_required",
    "not_allowed",
    "unavailable",
]


class SocketRefused(BadInput):
    """What was sent over a socket cannot be done."""

    def __init__(self, code: Code, message: str, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.code = code


class Op(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag=str.lower, forbid_unknown_fields=True):
    """What people send. `id`: whatever they like; it comes back with the answer."""

    id: str | int | None = None


class Auth(Op, frozen=True):
    """Who I am."""

    key: str


class Subscribe(Op, frozen=True):
    """Tell me, from `since` on where it is given: the last `seq` I have seen, of this `epoch`."""

    channels: list[str]
    since: int | None = None
    epoch: int | None = None


class Unsubscribe(Op, frozen=True):
    """Tell me no longer."""

    channels: list[str]


class Snapshot(Op, frozen=True):
    """How do these stand now? All that I follow, unless named."""

    channels: list[str] | None = None


class Ping(Op, frozen=True):
    """Are you there?"""


Asked = Auth | Subscribe | Unsubscribe | Snapshot | Ping
_OPS: msgspec.json.Decoder[Asked] = msgspec.json.Decoder(Asked)
OP_NAMES = "auth, subscribe, unsubscribe, snapshot, ping"


class Told(msgspec.Struct, kw_only=True, tag_field="type", tag=str.lower, omit_defaults=True):
    """What we send."""


class Welcome(Told, kw_only=True):
    """The first message. `scopes` empty: send your key first."""

    version: int
    at: datetime
    caller: str
    scopes: list[str]
    limits: dict[str, int]


class Subscribed(Told, kw_only=True):
    """What is followed now, in all. Updates after this cursor will come."""

    id: str | int | None = None
    channels: list[str]
    epoch: int
    seq: int


class Unsubscribed(Told, kw_only=True):
    """What is still followed."""

    id: str | int | None = None
    channels: list[str]


class Pong(Told, kw_only=True):
    """We are."""

    id: str | int | None = None
    at: datetime


class PricesTold(Told, kw_only=True, tag="prices"):
    """The newest quotes of contracts of a game: those that have changed, or all of them."""

    channel: str
    is_snapshot: bool
    game_id: str
    at: datetime
    quotes: Sequence[QuoteShown]


class GamesTold(Told, kw_only=True, tag="games"):
    """The games there are; the views of those that a shard works on follow."""

    channel: str
    is_snapshot: bool
    at: datetime
    games: Sequence[GameId]


class SlateTold(Told, kw_only=True, tag="slate"):
    """Games in one line each: those that have moved, or all that a shard works on."""

    channel: str
    is_snapshot: bool
    at: datetime
    games: Sequence[GlanceShown]


class LanesTold(Told, kw_only=True, tag="lanes"):
    """When each lane last carried data: that proves every quote that names it."""

    at: datetime
    lanes: Mapping[LaneId, datetime | None]


class MarksTold(Told, kw_only=True, tag="marks"):
    """Positions that are worth something else than they were."""

    channel: str
    at: datetime
    positions: Sequence[msgspec.Raw]


class GameChanged(Told, kw_only=True, tag="game"):
    """A game was found, has other markets, or is over."""

    channel: str
    game_id: str
    change: str
    at: datetime


class Live(Told, kw_only=True):
    """Everything after `since` was told; what follows happens now."""

    epoch: int
    seq: int


class CursorTold(Told, kw_only=True, tag="cursor"):
    """Nothing of yours happened up to here: resume from this."""

    epoch: int
    seq: int


class Missing(Told, kw_only=True):
    """These numbers were asked for too late, and are gone."""

    epoch: int
    first: int
    last: int
    remedy: str


class EpochTold(Told, kw_only=True, tag="epoch"):
    """The stream of updates was lost, and its numbers begin anew."""

    epoch: int
    was: int
    remedy: str


class Interrupted(Told, kw_only=True):
    """Redis is away: nothing is told until it is back."""

    at: datetime
    message: str
    remedy: str


class Restored(Told, kw_only=True):
    """Redis is back: prices are shown anew, and updates go on where they had ended."""

    at: datetime


class ErrorTold(Told, kw_only=True, tag="error"):
    """Something that was sent cannot be done."""

    id: str | int | None = None
    code: str
    message: str
    remedy: str


LOST_REMEDY = "Read the collections anew over REST; go on with this epoch and the numbers that follow."
MISSING_REMEDY = "Read what happened meanwhile over REST; connect again sooner, or ask for less."

_encoder = msgspec.json.Encoder()


def written(told: Told) -> str:
    """A message as it leaves."""
    return _encoder.encode(told).decode()


def written_update(said: Said) -> str:
    """An update as it leaves: what was said is JSON already. `before`: the one before it on its channel."""
    head = f'{{"type":"update","channel":"{said.channel}","epoch":{said.epoch},"seq":{said.seq},"before":{said.before}'
    return f'{head},"data":{said.body.decode()}}}'


def missing_told(gap: tuple[int, int], epoch: int) -> str:
    return written(Missing(epoch=epoch, first=gap[0], last=gap[1], remedy=MISSING_REMEDY))


def epoch_told(epoch: int, was: Cursor) -> str:
    return written(EpochTold(epoch=epoch, was=was.epoch, remedy=LOST_REMEDY))


def error_told(error: CrosscourtError, asked: str | int | None = None) -> str:
    """An error of ours as it is told to who caused it."""
    return written(ErrorTold(id=asked, code=code_of(error), message=str(error), remedy=error.remedy))


def code_of(error: CrosscourtError) -> Code:
    """By what the sender does next."""
    if isinstance(error, SocketRefused):
        return error.code
    if isinstance(error, KeyRequired):
        return "key_required"
    if isinstance(error, TooManyCalls):
        return "too_many_messages"
    return "unavailable" if isinstance(error, Unavailable) else "not_allowed"


def read_op(text: str) -> Asked:
    """What somebody asks. Raises SocketRefused."""
    if len(text) > LARGEST_MESSAGE:
        raise SocketRefused(
            "too_large", f"a message may have {LARGEST_MESSAGE:,} characters", "Name fewer channels in one message."
        )
    try:
        op = _OPS.decode(text)
    except msgspec.ValidationError as error:
        raise _misread(str(error)) from None
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        raise SocketRefused("not_json", "this is not JSON", 'Send one JSON object: {"op":"ping"}.') from None
    if isinstance(op.id, str) and len(op.id) > LONGEST_ID:
        raise SocketRefused("bad_field", f"`id` may have {LONGEST_ID} characters", "Number your messages.")
    if isinstance(op, Subscribe) and (_is_no_number(op.since) or _is_no_number(op.epoch)):
        raise _misread("a whole number from 0 to 2^53 - at `$.since`")
    if isinstance(op, Subscribe) and op.epoch is not None and op.since is None:
        raise _misread("Object missing required field - at `$.since`")
    return op


def kind_of(channel: str) -> Literal["prices", "games", "slate", "lasting"]:
    """Raises SocketRefused for a channel that does not exist."""
    if channel in LASTING:
        return "lasting"
    if channel == GAMES:
        return "games"
    if channel == SLATE:
        return "slate"
    if channel.startswith(PRICES) and len(PRICES) < len(channel) <= LONGEST_CHANNEL and "*" not in channel:
        return "prices"
    raise SocketRefused(
        "unknown_channel",
        f"there is no channel '{channel[:100]}'",
        "Channels: prices:<game_id>, games, slate, signals, orders, fills, positions. GET /games lists the games.",
    )


def _is_no_number(value: int | None) -> bool:
    return value is not None and not 0 <= value < 2**53


def _misread(said: str) -> SocketRefused:
    if "`$.op`" in said or "`op`" in said or "Expected `object`" in said:
        return SocketRefused("unknown_op", said, f"`op` is one of {OP_NAMES}.")
    if "`$.since`" in said or "`$.epoch`" in said:
        return SocketRefused("bad_since", said, "Give `since` and `epoch` as `seq` and `epoch` of the last update.")
    return SocketRefused("bad_field", said, "docs/websocket.md shows every message with an example.")
