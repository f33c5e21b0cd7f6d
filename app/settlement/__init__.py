"""What contracts pay when the game is over, also when it does not end as planned: rule cards, texts, payoffs."""

from app.settlement.payoffs import payoffs
from app.settlement.scores import pays, settled
from app.settlement.terms import approved_terms, terms_of

__all__ = ["approved_terms", "payoffs", "pays", "settled", "terms_of"]
