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


def view_of(game: Game, links: Iterable[Link], quote_of: QuoteOf, now: Nanos, fresh_within: int) -> GameView:
    """The game as it stands now. `fresh_within`: nanoseconds. Rejected links are left out."""
    quoted = list(_contracts(links, quote_of).items())
    opinions = {said: _opinions(views, now, fresh_within) for said, views in quoted}
    return GameView(
        game, tuple(PropositionView(said, tuple(views), _no_vig(game, said, opinions)) for said, views in quoted)
    )


def implied(quote: Quote) -> float | None:
    """The middle of a contract's market, 0..1; None in doubt, with one side, or with two that are far apart."""
    if quote.doubt is not None or quote.bid is None or quote.ask is None or not 0 <= quote.ask - quote.bid <= WIDEST:
        return None
    return (quote.bid + quote.ask) / (2 * ONE_DOLLAR)


def _contracts(links: Iterable[Link], quote_of: QuoteOf) -> dict[Proposition, list[ContractView]]:
    found: dict[Proposition, list[ContractView]] = {}
    for link in links:
        if link.contract_id is None or link.market_id is None or link.polarity is None or link.verdict == "rejected":
            continue
        quote = quote_of(link.contract_id)
        implies = implied(quote) if quote else None
        view = ContractView(link.contract_id, link.venue, link.market_id, link.polarity, link.verdict, quote, implies)
        found.setdefault(link.proposition, []).append(view)
    for views in found.values():
        views.sort(key=lambda view: (view.polarity != "yes", view.venue, view.contract_id))
    return found


def _opinions(views: Sequence[ContractView], now: Nanos, fresh_within: int) -> dict[VenueId, Opinion]:
    """The tightest of each venue."""
    found: dict[VenueId, Opinion] = {}
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


def _no_vig(game: Game, said: Proposition, opinions: Mapping[Proposition, Mapping[VenueId, Opinion]]) -> NoVig | None:
    own = opinions[said]
    exclusive = [opinions.get(one, {}) for one in exclusive_with(game, said)]
    shared = {venue: _share(own[venue], [one[venue] for one in exclusive]) for venue in _in_all([own, *exclusive])}
    if exclusive and shared:
        return _mean(shared.values(), "proportional")
    return _mean(own.values(), "mid") if own else None


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


def _in_all(opinions: Sequence[Mapping[VenueId, Opinion]]) -> Sequence[VenueId]:
    return [venue for venue in opinions[0] if all(venue in each for each in opinions)]


def _share(own: Opinion, exclusive: Sequence[Opinion]) -> Opinion:
    total = sum(each.probability for each in exclusive)
    sources = tuple(source for each in exclusive for source in each.sources)
    return Opinion(own.probability / total if total else own.probability, own.spread, sources)


def _mean(opinions: Iterable[Opinion], method: NoVigMethod) -> NoVig:
    told = list(opinions)
    weights = [1 / max(each.spread, TIGHTEST) for each in told]
    probability = sum(each.probability * weight for each, weight in zip(told, weights, strict=True)) / sum(weights)
    sources = tuple(source for each in told for source in each.sources)
    return NoVig(round(probability, 6), method, sources, min(each.spread for each in told) / ONE_DOLLAR)
