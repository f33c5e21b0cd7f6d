"""What came of a tape that was played."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from app.domain.ledgers import Balances
from app.domain.money import Money, Price
from app.domain.orders import TradeId
from app.domain.prices import Nanos
from app.history.equity import Equity
from app.history.lookouts import Key
from app.positions.marks import Mark, value_of
from app.replay.curves import Point
from app.replay.ledgers import MemoryLedger


class AccountPlayed(msgspec.Struct, kw_only=True):
    """Micro-dollars. `value`: of what it holds at the end, by its marks; `gain`: all that is there beyond what was put
    in. Whatever the world, nobody paid it: it is simulated."""

    account: str
    balances: Balances
    value: Money
    gain: Money
    simulated: bool = True


class GamePlayed(msgspec.Struct, kw_only=True):
    """What one account has gained in one game, fees taken off and what it still holds by its marks."""

    account: str
    game_id: str
    league: str
    gain: Money = Money(0)
    trades: int = 0  # that have opened something


class Played(msgspec.Struct, kw_only=True):
    """`same`: everything was decided as it was then; None when there is nothing to compare with: the tape is not whole,
    or something was to be another way. Quotes are counted as the core said them; `seconds`: that it took; `lasted`:
    seconds of the tape."""

    tape: str
    world: str
    settings: dict[str, object] = {}
    is_own: bool = False  # the core was told what the replayed accounts hold, and not what the tape's held
    inputs: int = 0
    decisions: int = 0
    quotes: int = 0
    hash: str = ""
    same: bool | None = True
    differs_at: int | None = None  # the number of the first input of the first piece that was decided otherwise
    missed: int = 0
    signals: int = 0
    refused: dict[str, int] = {}  # signals, by the stage and reason for which they were let go
    orders: dict[str, int] = {}  # by how they ended
    fills: int = 0
    trades: dict[str, int] = {}  # by how they ended; `open`: the tape ended before them
    exits: dict[str, int] = {}  # wishes to sell, by their rule
    accounts: list[AccountPlayed] = []
    games: list[GamePlayed] = []
    fell: Money = Money(0)  # from the highest gain of all accounts together
    curve: list[Point] = []
    trades_hash: str = ""
    began: Nanos = Nanos(0)
    lasted: float = 0.0
    seconds: float = 0.0

    @property
    def gain(self) -> Money:
        """Of all accounts."""
        return Money(sum(each.gain for each in self.accounts))


def accounts_of(worths: Iterable[Equity]) -> list[AccountPlayed]:
    """Each account as it stands in the end."""
    return [
        AccountPlayed(account=each.account, balances=each.balances, value=each.value, gain=each.gain) for each in worths
    ]


def games_of(ledger: MemoryLedger, marks: Mapping[Key, Mark]) -> list[GamePlayed]:
    """What was gained in each game; positions that are open count as their marks say."""
    found: dict[tuple[str, str], GamePlayed] = {}
    trades = defaultdict[tuple[str, str], set[TradeId]](set)
    for account, books in ledger.accounts.items():
        for contract_id, held in books.held.items():
            position = held.position
            if position is None:
                continue
            key = str(account), str(position.game_id)
            game = found.setdefault(key, GamePlayed(account=account, game_id=position.game_id, league=position.league))
            mark = marks.get((account, contract_id))
            price = mark.price if mark is not None else position.average or Price(0)
            left = value_of(position, price) - position.cost
            game.gain = Money(game.gain + position.realised - position.fees + left)
            trades[key].add(position.trade_id)
    for key, game in found.items():
        game.trades = len(trades[key])
    return [found[key] for key in sorted(found)]
