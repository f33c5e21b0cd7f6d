"""Every key, channel and lifetime in Redis. Lifetimes are seconds.

The keys of `discovery:*` and `game:*:mapping` are a public contract (see `discoveries.py`); the others are ours.
"""

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import VenueId

GAME_LIFETIME = 300.0
LINKS_LIFETIME = 300.0
LEFT_OUT_LIFETIME = 900.0  # a league is searched again well within this, even when a venue answers slowly
DISCOVERED_LIFETIME = 300.0  # refreshed on each publish
BEAT_LIFETIME = 120.0
REFRESH_KEPT = 120.0  # longer than any discovery worker's pause
CODE_LIFETIME = 600.0  # the page's one-time link
SESSION_LIFETIME = 7 * 86_400.0

TEAMS_KEPT = 20_000  # learned from the score source
LEFT_OUT_KEPT = 200  # listings of one reason, of one venue and league; the rest are only counted

WORLD = "world"  # "real" or "simulated", for ever
SLATE = "slate"  # which sandbox is played; "live" for the real feed

DISCOVERY_UPDATES = "discovery:updates"  # pub/sub: one `discoveries.Update` for each change
MATCH_REQUESTS = "team:match:request"  # pub/sub: questions to the matcher; the answers are on `match_response_channel`
PROVISIONAL = "provisional"  # field of `game:{id}:mapping`: "1" when the score source does not have the game

GAMES = "games:active"  # indexes: sorted sets of names by the moment they expire
LINKED_GAMES = "games:linked"
LEFT_OUT = "left_out:saved"
DISCOVERED = "discovery:games"
ANSWERS = "venues:answering"
BEATS = "workers:beating"
TEAMS = "registry:teams"  # hash, for ever: team id → JSON of the Team as the registry has it since
TEAMS_VERSION = "registry:teams:version"  # counts the changes of it
REFRESH_REQUESTED = "discovery:refresh_requested"  # unix seconds


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


def beat_key(worker: str) -> str:
    """JSON of a worker's last Beat."""
    return f"worker:{worker}:beat"


def lock_key(name: str) -> str:
    """The owner's token of a lock."""
    return f"lock:{name}"


def code_key(digest: str) -> str:
    """The page's one-time code, by its hash."""
    return f"open:code:{digest}"


def session_key(digest: str) -> str:
    """A browser's session, by the hash of its token."""
    return f"open:session:{digest}"
