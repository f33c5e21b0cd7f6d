"""The ways to trade that a process has: on paper always, with real money when it is switched on."""

from collections.abc import Sequence

from app.domain.markets import VenueId
from app.executor.markets import Markets
from app.executor.stores import Ledger
from app.intake import Intake
from app.settings import PaperSettings
from app.venues.paper import PaperGateway, Purse


def paper_gateways(
    venues: Sequence[VenueId], markets: Markets, ledger: Ledger, intake: Intake, settings: PaperSettings
) -> Sequence[PaperGateway]:
    """One for each venue; an account has one purse for all of them."""
    purse = Purse(ledger.cash)
    return [
        PaperGateway(
            venue,
            markets,
            intake.now,
            settings,
            markets.handling,
            lambda market_id, venue=venue: markets.grid(venue, market_id),  # type: ignore[misc]
            ledger.cash,
            starts=markets.starts,
            purse=purse,
        )
        for venue in venues
    ]
