"""Orders on paper, matched against the live books of a venue by the venue's own rules."""

from app.venues.paper.gateway import PaperGateway
from app.venues.paper.purses import Purse
from app.venues.paper.queues import Outlook

__all__ = ["Outlook", "PaperGateway", "Purse"]
