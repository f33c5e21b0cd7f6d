"""Every key, channel and lifetime in Redis. Lifetimes are seconds.

The keys of `discovery:*` and `game:*:mapping` are a public contract (see `discoveries.py`); the others are ours.
"""

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, VenueId
from app.domain.prices import BookId

GAME_LIFETIME = 300.0
LINKS_LIFETIME = 300.0
LEFT_OUT_LIFETIME = 900.0  # a league is searched again well within this, even when a venue answers slowly
DISCOVERED_LIFETIME = 300.0  # refreshed on each publish
BEAT_LIFETIME = 120.0
REFRESH_KEPT = 120.0  # longer than any discovery worker's pause
PRICES_LIFETIME = 30.0  # re-written every 10 while current
HINT_LIFETIME = 150.0  # two searches and a half
VIEW_LIFETIME = 30.0
GLANCE_LIFETIME = 15.0  # written every 2
PATH_LIFETIME = 86_400.0  # longer than any game, and an evening to look back
FENCE_LIFETIME = 86_400.0
WIN_PROBABILITY_LIFETIME = 45.0  # three times as long as until a page is asked for again
PREGAME_LIFETIME = 2 * 86_400.0  # longer than any game, a suspended one included
STAGES_LIFETIME = 2 * 86_400.0  # an evening can be looked at the day after
RECONCILED_LIFETIME = 45.0  # compared every 10
FUNNEL_LIFETIME = 15.0  # written once a second
CODE_LIFETIME = 600.0  # the page's one-time link
SESSION_LIFETIME = 7 * 86_400.0

TEAMS_KEPT = 20_000  # learned from the score source
UPDATES_KEPT = 20_000  # some ten megabytes; hours of signals, orders and fills
PATH_KEPT = 4_000  # points of a game: more than three hours, and at most 400 kB
ORDERS_KEPT = 10_000  # names of rows; what is further back is found in Postgres by whoever begins
OFFERS_KEPT = 1_000  # signals live for seconds: what is further back is too late for anybody
LEFT_OUT_KEPT = 200  # listings of one reason, of one venue and league; the rest are only counted

HALTS = "trading:halt"  # JSON array of every Halt, for ever: a copy of the truth in Postgres
HALTS_OWED = "trading:halt:owed"  # hash: `{scope}:{name}` → JSON of a Halt that everybody was told and Postgres was not
RISK_UPDATES = "risk:updates"  # pub/sub: `risk.RiskUpdate` for each change of halts, limits or approved rules
SHUT_OUT = "keys:shut_out"  # pub/sub: the public part of an API key that opens nothing any more; `*`: every session
SESSIONS_TURN = "sessions:turn"  # a number: sessions that bear another are over
WORLD = "world"  # "real" or "simulated", for ever
SLATE = "slate"  # which sandbox is played; "live" for the real feed

DISCOVERY_UPDATES = "discovery:updates"  # pub/sub: one `discoveries.Update` for each change
MATCH_REQUESTS = "team:match:request"  # pub/sub: questions to the matcher; the answers are on `match_response_channel`
PROVISIONAL = "provisional"  # field of `game:{id}:mapping`: "1" when the score source does not have the game

GLANCES = "glances"  # pub/sub: array of `glances.GlanceShown`, those of a shard that were looked at together

GAMES = "games:active"  # indexes: sorted sets of names by the moment they expire
LINKED_GAMES = "games:linked"
LEFT_OUT = "left_out:saved"
DISCOVERED = "discovery:games"
ANSWERS = "venues:answering"
FUNNELS = "funnels"
BEATS = "workers:beating"
TEAMS = "registry:teams"  # hash, for ever: team id → JSON of the Team as the registry has it since
TEAMS_VERSION = "registry:teams:version"  # counts the changes of it
UPDATES = "updates"  # stream, for ever: `{epoch}-{seq}` → channel, body, and the number before it on its channel
UPDATES_MARKS = "updates:marks"  # hash: `@epoch`, `@seq`, `@run` (of the server), and each channel's last number
REFRESH_REQUESTED = "discovery:refresh_requested"  # unix seconds

LANES = "lanes"  # hash: lane → nanoseconds UTC of its last proof; and the channel of `shown.LanesUpdate`
FENCES = "fences"  # the number of the last taking of anything that only one process may speak for
OFFERED = "signals"  # stream: found by a process that has not the last word; its group `signal_processor` has it
ORDERS = "orders"  # stream: names of instructions and accounts in Postgres; its group `execution` has them
MARKS = "marks"  # pub/sub: JSON of `marks.MarksUpdate` for positions whose mark has moved
RECONCILED = "trading:reconciled"  # JSON: whether what we have is what the venues have, by account
NOTIFIED = "notified"  # JSON: how far people were told of what happened
HANDED_OUT = "games"  # stream: the games that are worked on; what is pending in its group `shards` is leased


def game_key(game_id: GameId) -> str:
    """JSON of a Game."""
    return f"game:{game_id}:state"


def links_key(game_id: GameId) -> str:
    """JSON array of every Link of a game, rejected ones included."""
    return f"game:{game_id}:links"


def mapping_key(game_id: GameId) -> str:
    """Hash: contract id → JSON of what it says; and `provisional`."""
    return f"game:{game_id}:mapping"


def discovered_key(game_id: GameId) -> str:
    """JSON: one market per venue and kind."""
    return f"discovery:game:{game_id}"


def match_response_channel(request_id: str) -> str:
    """Pub/sub: the answer to one question. With a star at the end of the id, a pattern."""
    return f"team:match:response:{request_id}"


def place_name(venue: VenueId, league: LeagueCode) -> str:
    """The name in an index of what one venue lists of one league."""
    return f"{venue}:{league}"


def answer_key(name: str) -> str:
    """Unix seconds of the last answer of one venue about one league."""
    return f"answer:{name}"


def left_out_key(name: str) -> str:
    """JSON of the left-out listings of one venue and league."""
    return f"left_out:{name}"


def quote_key(contract_id: ContractId) -> str:
    """Hash: the fields of `shown.QuoteShown`; empty for null."""
    return f"quote:{contract_id}"


def hint_key(contract_id: ContractId) -> str:
    """JSON of the `shown.QuoteShown` that a contract's listing stands for."""
    return f"hint:{contract_id}"


def book_key(book_id: BookId) -> str:
    """JSON of `shown.BookShown`."""
    return f"book:{book_id}"


def view_key(game_id: GameId) -> str:
    """JSON of `view_shown.GameViewShown`, by the shard that has the game."""
    return f"view:{game_id}"


def glance_key(game_id: GameId) -> str:
    """JSON of `glances.GlanceShown`, by the shard that has the game."""
    return f"glance:{game_id}"


def path_key(game_id: GameId) -> str:
    """List of JSON of `glances.Point`, the oldest first."""
    return f"path:{game_id}"


def win_probability_key(game_id: GameId) -> str:
    """JSON of a WinProbability."""
    return f"win_probability:{game_id}"


def pregame_key(game_id: GameId) -> str:
    """The chance of a game's home side as the markets had it before it began, 0..1."""
    return f"pregame:{game_id}"


def rate_key(kind: str, caller: str) -> str:
    """Hash: what is left to a caller of the API, `left`, and since when, `at` (microseconds UTC)."""
    return f"rate:{kind}:{caller}"


def prices_channel(game_id: str) -> str:
    """Pub/sub: `shown.PricesUpdate`. With a star for the id, a pattern."""
    return f"prices:{game_id}"


def books_channel(game_id: str) -> str:
    """Pub/sub: the JSON of each book of a game that changes."""
    return f"books:{game_id}"


def views_channel(game_id: str) -> str:
    """Pub/sub: the JSON of a game's view."""
    return f"views:{game_id}"


def funnel_key(process: str) -> str:
    """JSON of the Funnel of one process."""
    return f"funnel:{process}"


def fence_key(subject: str) -> str:
    """The number of the last taking of a subject: what an earlier taker says is refused."""
    return f"fence:{subject}"


def beat_key(name: str) -> str:
    """JSON of a worker's last Beat; of one that runs in several processes, `{worker}@{host}:{process id}`."""
    return f"worker:{name}:beat"


def stages_key(order_id: str) -> str:
    """JSON of `stages.OrderStages`."""
    return f"stages:{order_id}"


def lock_key(name: str) -> str:
    """The owner's token of a lock."""
    return f"lock:{name}"


def code_key(digest: str) -> str:
    """The page's one-time code, by its hash."""
    return f"open:code:{digest}"


def session_key(digest: str) -> str:
    """A browser's session, by the hash of its token."""
    return f"open:session:{digest}"
