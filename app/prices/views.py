"""A game's prices side by side: what each contract implies, and what all of them say without the venues' margin.

How the margin is taken out, so that anybody can check it:

1. A contract counts when it is fresh, not in doubt, and has both sides no further apart than ten cents. Its middle is
   the probability that it pays; of one that pays if the proposition is false, the rest to one is taken.
2. At each venue the tightest of a proposition's contracts speaks for it. Bids for yes and asks for no are the same
   liquidity, so yes and no of one market make a dollar by themselves: there the middle is without margin ("mid").
3. Of who wins, one outcome comes true: home or away, or a draw where there is one. Where a venue has a middle for every
   one of them, each is divided by their sum ("proportional"). Venues that have all of them silence those that do not.
4. Over the venues the mean is taken, each weighing as much as its spread is tight, and none more than one cent would.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from app.domain.games import Game
from app.domain.leagues import LEAGUES
from app.domain.links import Link
from app.domain.markets import WIDEST_SPREAD, ContractId, VenueId
from app.domain.money import ONE_DOLLAR
from app.domain.prices import Nanos, Quote
from app.domain.propositions import Proposition
from app.domain.views import ContractView, GameView, NoVig, NoVigMethod, PropositionView

WIDEST = round(WIDEST_SPREAD * ONE_DOLLAR)
TIGHTEST = 100  # 1/10,000 dollar: a tighter market weighs no more

QuoteOf = Callable[[ContractId], Quote | None]


class Opinion(NamedTuple):
    """What one venue says of a proposition."""

    probability: float
    spread: int  # 1/10,000 dollar
    sources: tuple[ContractId, ...]


Opinions = dict[VenueId, Opinion]


class Offered(NamedTuple):
    """One proposition, its contracts without their quotes, and the places of those of which exactly one comes true."""

    proposition: Proposition
    contracts: Sequence[ContractView]
    exclusive: Sequence[int]


Arranged = Sequence[Offered]


def arrange(game: Game, links: Iterable[Link]) -> Arranged:
    """What can be bought of each proposition: once, for all the times that prices move. Rejected links are left out."""
    found: dict[Proposition, list[ContractView]] = {}
    for link in links:
        if link.contract_id is None or link.market_id is None or link.polarity is None or link.verdict == "rejected":
            continue
        view = ContractView(link.contract_id, link.venue, link.market_id, link.polarity, link.verdict)
        found.setdefault(link.proposition, []).append(view)
    places = {said: place for place, said in enumerate(found)}
    return [
        Offered(said, sorted(views, key=_yes_first), _places(places, exclusive_with(game, said)))
        for said, views in found.items()
    ]


def view_of(game: Game, arranged: Arranged, quote_of: QuoteOf, now: Nanos, fresh_within: int) -> GameView:
    """The game as it stands now. `fresh_within`: nanoseconds."""
    priced = [tuple(_priced(each, quote_of(each.contract_id)) for each in offered.contracts) for offered in arranged]
    opinions = [_opinions(views, now, fresh_within) for views in priced]
    no_vigs = [
        _no_vig(own, [opinions[at] for at in one.exclusive]) for own, one in zip(opinions, arranged, strict=True)
    ]
    told = zip(arranged, priced, no_vigs, strict=True)
    return GameView(game, tuple(PropositionView(offered.proposition, views, no_vig) for offered, views, no_vig in told))


def implied(quote: Quote) -> float | None:
    """The middle of a contract's market, 0..1; None in doubt, with one side, or with two that are far apart."""
    if quote.doubt is not None or quote.bid is None or quote.ask is None or not 0 <= quote.ask - quote.bid <= WIDEST:
        return None
    return (quote.bid + quote.ask) / (2 * ONE_DOLLAR)


def _yes_first(view: ContractView) -> tuple[bool, VenueId, ContractId]:
    return view.polarity != "yes", view.venue, view.contract_id


def _places(places: Mapping[Proposition, int], exclusive: Sequence[Proposition]) -> Sequence[int]:
    """None of them when one is not offered: then there is no sum to divide by."""
    return [places[one] for one in exclusive] if all(one in places for one in exclusive) else ()


def _priced(view: ContractView, quote: Quote | None) -> ContractView:
    implies = implied(quote) if quote else None
    return ContractView(view.contract_id, view.venue, view.market_id, view.polarity, view.verdict, quote, implies)


def _opinions(views: Sequence[ContractView], now: Nanos, fresh_within: int) -> Opinions:
    """The tightest of each venue."""
    found: Opinions = {}
    for view in views:
        quote = view.quote
        if quote is None or view.implied is None or quote.bid is None or quote.ask is None:
            continue
        if quote.state(now, fresh_within) != "fresh":
            continue
        spread = quote.ask - quote.bid
        if view.venue not in found or spread < found[view.venue].spread:
            probability = view.implied if view.polarity == "yes" else 1 - view.implied
            found[view.venue] = Opinion(probability, spread, (view.contract_id,))
    return found


def _no_vig(own: Opinions, exclusive: Sequence[Opinions]) -> NoVig | None:
    shared = [venue for venue in own if all(venue in each for each in exclusive)] if exclusive else ()
    if shared:
        return _mean([_share(own[venue], [one[venue] for one in exclusive]) for venue in shared], "proportional")
    return _mean(list(own.values()), "mid") if own else None


def exclusive_with(game: Game, said: Proposition) -> Sequence[Proposition]:
    """Those of which exactly one comes true, this one included; empty where it is not about who wins."""
    if said.kind not in ("moneyline", "draw"):
        return ()
    teams = (game.home.id, game.away.id)
    wins = [Proposition(said.game_id, "moneyline", said.scope, None, team_id) for team_id in teams]
    if said.kind == "moneyline" and said not in wins:
        return ()
    league = LEAGUES.get(game.league)
    has_draw = said.kind == "draw" or (league is not None and league.has_draw_outcome)
    return [*wins, Proposition(said.game_id, "draw", said.scope)] if has_draw else wins


def _share(own: Opinion, exclusive: Sequence[Opinion]) -> Opinion:
    total = sum(each.probability for each in exclusive)
    sources = tuple(source for each in exclusive for source in each.sources)
    return Opinion(own.probability / total if total else own.probability, own.spread, sources)


def _mean(told: Sequence[Opinion], method: NoVigMethod) -> NoVig:
    weights = [1 / max(each.spread, TIGHTEST) for each in told]
    probability = sum(each.probability * weight for each, weight in zip(told, weights, strict=True)) / sum(weights)
    sources = tuple(source for each in told for source in each.sources)
    return NoVig(round(probability, 6), method, sources, min(each.spread for each in told) / ONE_DOLLAR)
