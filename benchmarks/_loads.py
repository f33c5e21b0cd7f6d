"""How many processes of each role a load asks for: the model of docs/scaling.md, without anything that measures.

Every cost is CPU of one core in microseconds for one piece of work; `sizing.py` measures them. What is assumed of an
evening has a name and a default; nothing else enters.
"""

import math
from typing import NamedTuple

TURNS = 20  # a second: what has changed meanwhile is told once (PRICES__PUBLISH_EVERY)
VENUES = 2
PROOFS = 1  # messages a second that a client is told besides: when the venues' connections were proved
VALKEY_MB, SHOWN_KB = 64, 8  # an empty one; a book, its quotes and its share of a view in it
MICRO = 1e-6


class Assumed(NamedTuple):
    """Of an evening, all of whose games are played at once."""

    games: int = 10_000
    sockets: int = 100_000
    books_a_game: int = 6  # a winner's, a spread's and a total's market at each venue
    frames_a_game: float = 4.0  # a second, over all its books
    moves_share: float = 0.5  # of the frames, that move the best
    games_a_socket: float = 3.0  # that a client follows
    orders: float = 5.0  # a second, over all games
    used: float = 0.6  # of a core; the rest is for bursts, since a loop that is full is late
    games_a_shard: int = 400  # SHARDS__CAPACITY
    files: int = 16_000  # connections of a process, by its limit of open files
    is_parted: bool = False  # games are dealt out to monitors, Valkeys and API replicas too, and heard of only there


class Units(NamedTuple):
    """Microseconds of one core for a piece of work; memory where it is said."""

    behind: float = 0.0  # monitor: a frame behind the best, from the socket to the board
    moving: float = 0.0  # monitor: one that moves the best, with a look at every combination
    turn: float = 0.0  # monitor and shard: waking up to tell and to hear, however little
    mirrored: float = 0.0  # monitor: a book that has changed, written to Valkey
    stored: float = 0.0  # Valkey: the same, and who hears it once
    copied: float = 0.0  # Valkey: one more who hears it
    overheard: float = 0.0  # shard: a book of somebody else's game
    fed: float = 0.0  # shard: a book of its own, into the core
    viewed: float = 0.0  # shard: a game's view, told
    heard: float = 0.0  # API: an update of prices that somebody here follows
    delivered: float = 0.0  # API: the same, to one client
    order: float = 0.0  # trader: an order, from the wish to its fill in the books
    base_mb: float = 0.0  # of any process
    socket_kb: float = 0.0
    book_kb: float = 0.0


class Need(NamedTuple):
    """Of one role. `most`: how many of it are of any use; 0: as many as one likes; -1: none."""

    role: str
    cores: float
    processes: int
    memory_mb: float
    most: int = 0

    @property
    def is_too_much(self) -> bool:
        """As it is built, this role cannot do it."""
        return self.most != 0 and self.processes > self.most


def told_books(of: Assumed) -> float:
    """Books of a game that are written in a second: of several changes between two turns only the last."""
    slots = of.books_a_game * TURNS
    return slots * -math.expm1(-of.frames_a_game / slots)


def told_prices(of: Assumed) -> float:
    """Updates of a game's prices in a second: one a turn and venue, however many books have changed."""
    slots = VENUES * TURNS
    return slots * -math.expm1(-of.frames_a_game / slots)


def frame(of: Assumed, units: Units) -> float:
    return of.moves_share * units.moving + (1 - of.moves_share) * units.behind


def monitors(of: Assumed, units: Units) -> Need:
    """One process a venue, by its lock, where games are not parted."""
    a_game = of.frames_a_game * frame(of, units) + told_books(of) * units.mirrored
    cores = (of.games * a_game + VENUES * TURNS * units.turn) * MICRO
    memory = VENUES * units.base_mb + of.games * of.books_a_game * units.book_kb / 1024
    return Need("monitors", cores, max(VENUES, math.ceil(cores / of.used)), memory, most=_only(VENUES, of))


def shards(of: Assumed, units: Units) -> Need:
    """Each has its part of the games, and hears the books of all where they are not parted: it leaves the others'."""
    told, each = of.games * told_books(of), _overhearing(of, units)
    own = (told * (units.fed - units.overheard * (not of.is_parted)) + of.games * units.viewed) * MICRO
    count = max(math.ceil(of.games / of.games_a_shard), _split(own, each, of.used))
    memory = count * units.base_mb + of.games * of.books_a_game * units.book_kb / 1024
    return Need("shards", own + count * each, count, memory, most=_most(each, of))


def apis(of: Assumed, units: Units) -> Need:
    """Each hears what any of its clients follows: with many clients every game, where they are not parted."""
    told = of.games * told_prices(of) * units.heard * MICRO
    each = 0.0 if of.is_parted else told
    own = of.sockets * _to_a_client(of) * units.delivered * MICRO + told - each
    count = max(math.ceil(of.sockets / of.files), _split(own, each, of.used))
    memory = count * units.base_mb + of.sockets * units.socket_kb / 1024
    return Need("API replicas", own + count * each, count, memory, most=_most(each, of))


def valkey(of: Assumed, units: Units) -> Need:
    """One thread does all of it. A book is told to every shard, the trader and the tracker, and an update of prices to
    every replica; each to one where they are parted."""
    listeners = 1 if of.is_parted else shards(of, units).processes + 2
    replicas = 1 if of.is_parted else apis(of, units).processes
    books = told_books(of) * (units.stored + (listeners - 1) * units.copied)
    cores = of.games * (books + told_prices(of) * replicas * units.copied) * MICRO
    memory = VALKEY_MB + of.games * of.books_a_game * SHOWN_KB / 1024
    return Need("Valkey", cores, max(1, math.ceil(cores / of.used)), memory, most=_only(1, of))


def traders(of: Assumed, units: Units) -> Need:
    """One, by the seats of the accounts; it judges and executes."""
    cores = of.orders * units.order * MICRO + _overhearing(of, units)
    return Need("trader", cores, max(1, math.ceil(cores / of.used)), units.base_mb, most=1)


def trackers(of: Assumed, units: Units) -> Need:
    """One watches exits; what is held is little beside what is heard."""
    cores = _overhearing(of, units)
    return Need("tracker", cores, max(1, math.ceil(cores / of.used)), units.base_mb, most=1)


def needs(of: Assumed, units: Units) -> list[Need]:
    """Of every role whose work grows with games or clients."""
    return [each(of, units) for each in (monitors, shards, apis, traders, trackers, valkey)]


def carried(of: Assumed, units: Units) -> dict[str, float]:
    """What one process of each role does with so much of its core as may be used, if it hears of nothing else."""
    to_monitor = of.frames_a_game * frame(of, units) + told_books(of) * units.mirrored
    to_shard = told_books(of) * units.fed + units.viewed
    to_valkey = told_books(of) * units.stored + told_prices(of) * units.copied
    work = {
        "a monitor: games of its venue": to_monitor / VENUES,
        "a shard: games": to_shard,
        "an API: clients": _to_a_client(of) * units.delivered,
        "a trader: orders a second": units.order,
        "Valkey: games": to_valkey,
    }
    return {what: of.used / each / MICRO if each else math.inf for what, each in work.items()}


def largest(of: Assumed, units: Units) -> Assumed:
    """The largest load in the proportions of this one that asks for nothing which cannot be."""
    low, high = 0, of.games
    while low < high:
        games = (low + high + 1) // 2
        is_too_much = any(need.is_too_much for need in needs(_of_size(of, games), units))
        low, high = (low, games - 1) if is_too_much else (games, high)
    return _of_size(of, low)


def _to_a_client(of: Assumed) -> float:
    """Messages a second."""
    return of.games_a_socket * told_prices(of) + PROOFS


def _of_size(of: Assumed, games: int) -> Assumed:
    share = games / of.games
    return of._replace(games=games, sockets=round(of.sockets * share), orders=of.orders * share)


def _overhearing(of: Assumed, units: Units) -> float:
    """Cores of whoever hears of all games and wants few."""
    return 0.0 if of.is_parted else of.games * told_books(of) * units.overheard * MICRO


def _split(own: float, each: float, used: float) -> int:
    """Processes that share `own` cores of work, when each has `each` besides. At least one, also where none will do."""
    return max(1, math.ceil(own / (used - each))) if each < used else 1


def _only(most: int, of: Assumed) -> int:
    return 0 if of.is_parted else most


def _most(each: float, of: Assumed) -> int:
    """None of them will do when what each has to hear is too much already; 0: as many as one likes."""
    return 0 if each < of.used else -1
