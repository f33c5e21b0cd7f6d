"""What a shard knows of a game at one moment: what each contract costs beside every other, and what that says."""

from typing import Literal

import msgspec

from app.domain.games import Game
from app.domain.links import Verdict
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price
from app.domain.prices import Quote, State
from app.domain.propositions import Polarity, Proposition

NoVigMethod = Literal[
    "mid",  # a venue's middle of this proposition's own book, in which yes and no make a dollar
    "proportional",  # middles of all outcomes of which one comes true, divided by their sum
]


class ContractView(msgspec.Struct, frozen=True, gc=False):
    """One contract of a proposition. `implied`: probability that it pays, by the middle of its market; None where a
    side is missing, or the two are too far apart to be an opinion."""

    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    polarity: Polarity
    verdict: Verdict
    quote: Quote | None = None
    implied: float | None = None


class NoVig(msgspec.Struct, frozen=True):
    """Probability that a proposition comes true by what venues say now, without their margin. `sources`: the contracts
    whose quotes were used; `spread`: of the tightest of them, in dollars."""

    probability: float
    method: NoVigMethod
    sources: tuple[ContractId, ...]
    spread: float


class PropositionView(msgspec.Struct, frozen=True):
    """One statement about the game, and every contract that speaks about it: those that pay if it is true first."""

    proposition: Proposition
    contracts: tuple[ContractView, ...]
    no_vig: NoVig | None = None


class GameView(msgspec.Struct, frozen=True):
    """A game with the quotes of all venues side by side."""

    game: Game
    propositions: tuple[PropositionView, ...]


class VenueGlance(msgspec.Struct, frozen=True, gc=False):
    """What the home side's win costs at one venue, by its tightest contract about it: one that pays otherwise is turned
    round, so that prices of all venues lie on one axis."""

    venue: VenueId
    bid: Price | None
    ask: Price | None
    state: State


class Glance(msgspec.Struct, frozen=True):
    """A game in one line. `no_vig`: the home side's chance by the venues, `fair`: by somebody else (`source`). `edge`:
    what is left of a dollar when the home side is bought at one venue and its opposite at another, of one contract,
    after fees, before what the rules may cost; negative as a rule, None where it takes two venues."""

    game: Game
    venues: tuple[VenueGlance, ...]
    no_vig: float | None = None
    fair: float | None = None
    source: str = ""
    edge: Money | None = None
