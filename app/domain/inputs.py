"""Everything that the trading core is told. Each input is numbered and taped; the same inputs in the same order give
the same decisions. What a venue says comes in terms of the book's first contract (see `prices`).
"""

import msgspec

from app.domain.games import Game, GameId
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.models import LearnedModel
from app.domain.money import Price, Size
from app.domain.prices import BookId, Doubt, Grid, LaneId, Level, Listed, Nanos
from app.domain.risks import Halt, Holdings, RiskLimits
from app.domain.settlements import Approval
from app.domain.signals import Haircut, Signal


class Told(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One thing that was told, and when we heard it."""


class Followed(Told, frozen=True, gc=False, array_like=True, tag="followed"):
    """A market's book is kept from now on; it is in doubt (`waiting`) until its first snapshot. Told again when the
    market or its grid changes: what is known of the book stays."""

    listed: Listed
    grid: Grid
    received_at: Nanos


class Dropped(Told, frozen=True, gc=False, array_like=True, tag="dropped"):
    """A market's book is kept no longer."""

    book_id: BookId
    received_at: Nanos


class Snapshot(Told, frozen=True, gc=False, array_like=True, tag="snapshot"):
    """The whole book, in any order; replaces what was known, and every doubt ends. `doubt`: whoever holds the book and
    tells it on doubts it, so it is known and not used."""

    book_id: BookId
    lane: LaneId
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    venue_time: Nanos
    received_at: Nanos
    sequence: int = 0
    mark: str = ""
    doubt: Doubt | None = None


class Added(Told, frozen=True, gc=False, array_like=True, tag="added"):
    """So much more (or less, when negative) lies at one level."""

    book_id: BookId
    is_bid: bool
    price: Price
    size: int  # in units of Size, signed
    venue_time: Nanos
    received_at: Nanos
    sequence: int = 0
    mark: str = ""


class Replaced(Told, frozen=True, gc=False, array_like=True, tag="replaced"):
    """So much lies at one level now; 0 removes it. `has_more`: the venue's message changes further levels of this book,
    and only with the last of them is it a state that the book was in."""

    book_id: BookId
    is_bid: bool
    price: Price
    size: Size
    venue_time: Nanos
    received_at: Nanos
    sequence: int = 0
    mark: str = ""
    has_more: bool = False


class Named(Told, frozen=True, gc=False, array_like=True, tag="named"):
    """The venue's own best bid and ask. Those that come beside the book's changes may be a moment ahead or behind
    them; `is_exact`: these are of the state that was told last, and stand until others are named."""

    book_id: BookId
    bid: Price | None
    ask: Price | None
    venue_time: Nanos
    received_at: Nanos
    is_exact: bool = False
    is_mirrored: bool = False  # of the second contract's own book, already turned into the first one's terms
    is_aside: bool = False  # over another subscription than the book's: it proves nothing of the book's lane


class Shown(Told, frozen=True, gc=False, array_like=True, tag="shown"):
    """The whole book as it is shown over REST: to compare, never to replace. `asked_at`: before the request left."""

    book_id: BookId
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    asked_at: Nanos
    received_at: Nanos


class Traded(Told, frozen=True, gc=False, array_like=True, tag="traded"):
    """Somebody has bought (`is_buy`) or sold the first contract."""

    book_id: BookId
    price: Price
    size: Size
    is_buy: bool
    venue_time: Nanos
    received_at: Nanos
    is_aside: bool = False  # as of `Named`


class Heard(Told, frozen=True, gc=False, array_like=True, tag="heard"):
    """Something that proves that a lane carries data: a frame about no book in particular. Pongs prove nothing."""

    lane: LaneId
    received_at: Nanos


class Cut(Told, frozen=True, gc=False, array_like=True, tag="cut"):
    """Everything that a lane carries is in doubt until each book's next snapshot."""

    lane: LaneId
    doubt: Doubt
    received_at: Nanos


class Doubted(Told, frozen=True, gc=False, array_like=True, tag="doubted"):
    """One book is in doubt until its next snapshot."""

    book_id: BookId
    doubt: Doubt
    received_at: Nanos


class Regridded(Told, frozen=True, gc=False, array_like=True, tag="regridded"):
    """The market's prices lie on another grid from now on."""

    book_id: BookId
    grid: Grid
    received_at: Nanos


class Hinted(Told, frozen=True, gc=False, array_like=True, tag="hinted"):
    """The middle of a contract's market as its listing told it: shown where there is no book, never traded."""

    contract_id: ContractId
    price: Price
    received_at: Nanos


class GameTaken(Told, frozen=True, gc=False, array_like=True, tag="game_taken"):
    """A game is worked on here, or stands otherwise now: its score, and every link that it has. `pregame`: the chance
    of its home side as the markets had it before it began, where somebody has seen that. `is_followed`: another process
    works on it and finds what there is to find; here it is only known, since something of it is held or traded."""

    game: Game
    links: tuple[Link, ...]
    received_at: Nanos
    pregame: float | None = None
    is_followed: bool = False


class GameLeft(Told, frozen=True, gc=False, array_like=True, tag="game_left"):
    """A game is worked on here no longer."""

    game_id: GameId
    received_at: Nanos


class Began(Told, frozen=True, gc=False, array_like=True, tag="began"):
    """A run of this process: the names of its signals begin with it."""

    run: str
    received_at: Nanos


class Limited(Told, frozen=True, gc=False, array_like=True, tag="limited"):
    """These are the limits from now on."""

    limits: RiskLimits
    received_at: Nanos


class Halted(Told, frozen=True, gc=False, array_like=True, tag="halted"):
    """All halts there are; none: everything goes on."""

    halts: tuple[Halt, ...]
    received_at: Nanos


class Approved(Told, frozen=True, gc=False, array_like=True, tag="approved"):
    """All rules texts that people have approved."""

    approvals: tuple[Approval, ...]
    received_at: Nanos


class Taught(Told, frozen=True, gc=False, array_like=True, tag="taught"):
    """All models that have beaten the market, one a league; of other leagues speaks what is built in."""

    models: tuple[LearnedModel, ...]
    received_at: Nanos


class Discounted(Told, frozen=True, gc=False, array_like=True, tag="discounted"):
    """How much of an edge is believed, by detector; one that is not named was never measured."""

    haircuts: tuple[Haircut, ...]
    received_at: Nanos


class Held(Told, frozen=True, gc=False, array_like=True, tag="held"):
    """What an account has at stake."""

    holdings: Holdings
    received_at: Nanos


class Seated(Told, frozen=True, gc=False, array_like=True, tag="seated"):
    """Whether this process has the last word on signals, its own and those of others."""

    is_here: bool
    received_at: Nanos


class Offered(Told, frozen=True, gc=False, array_like=True, tag="offered"):
    """Another process has found this, and this one has the last word."""

    signal: Signal
    received_at: Nanos


class Tick(Told, frozen=True, gc=False, array_like=True, tag="tick"):
    """Time passes, whether or not anybody says anything."""

    received_at: Nanos


Input = (
    Followed
    | Dropped
    | Snapshot
    | Added
    | Replaced
    | Named
    | Shown
    | Traded
    | Heard
    | Cut
    | Doubted
    | Regridded
    | Hinted
    | GameTaken
    | GameLeft
    | Began
    | Limited
    | Halted
    | Approved
    | Taught
    | Discounted
    | Held
    | Seated
    | Offered
    | Tick
)
