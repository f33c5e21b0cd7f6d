"""What comes of a training."""

import msgspec

from app.analytics.models.cards import Card
from app.domain.models import LearnedModel


class Trained(msgspec.Struct, frozen=True):
    """The card, and the model in plain numbers; None: there was too little to learn from."""

    card: Card
    learned: LearnedModel | None
