"""What the prices in listings say of the links of a game: the market searcher's last look before it tells anybody."""

import logging
from collections.abc import Iterable, Sequence

from app.domain.games import Game
from app.domain.links import Link
from app.domain.operations import Round
from app.matching.inversions import CLEAR, CLEAR_IN_PLAY, FIELD, compare_prices, rejected
from app.resources import Resources

log = logging.getLogger(__name__)


def raise_alarms(resources: Resources, game: Game, done: Round) -> bool:
    """Compare the prices of everything that is believed of a game. A contradiction is counted, and logged once; True
    when one is new."""
    now, links = resources.clock(), resources.believed.links(game.id)
    is_moving = game.status != "scheduled" or game.start <= now
    prices = resources.believed.prices(game.id, now)
    compared = compare_prices(links, prices, CLEAR_IN_PLAY if is_moving else CLEAR)
    new = resources.alarms.take(game.id, compared.inverted, compared.parties, compared.borne_out, now)
    for contract_id in sorted(new):
        done.counts["price_alarms_raised"] += 1
        why = compared.inverted[contract_id].detail
        log.error("price alarm: link rejected", extra={"game": game.id, "contract": contract_id, "why": why})
    return bool(new)


def recall_alarms(resources: Resources, game: Game, links: Iterable[Link]) -> None:
    """The alarms that the process before has left in its links."""
    told = ((link.contract_id, reason) for link in links for reason in link.reasons if reason.field == FIELD)
    reasons = {contract_id: reason for contract_id, reason in told if contract_id}
    resources.alarms.recall(game.id, reasons, resources.clock())


def alarmed(resources: Resources, links: Iterable[Link]) -> Sequence[Link]:
    """The links as they may be told: those whose alarm stands are rejected, whatever else speaks for them."""
    return [rejected(link, resources.alarms.reason(link.contract_id)) for link in links]
