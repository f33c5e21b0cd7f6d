"""The terms of one contract, by its market's own text and by the rule card."""

import msgspec

from app.domain.leagues import League
from app.domain.links import Link
from app.domain.settlements import Approval, Terms
from app.settlement.cards import card_of
from app.settlement.turning import turned


def terms_of(link: Link, rules: str, league: League) -> Terms:
    """What a contract pays in each ending, by its market's text, and by the card where the text is silent."""
    said = link.proposition
    card = card_of(league.code, link.venue, said.kind, said.scope)
    values = {clause: ruling.value for clause, ruling in card.items() if ruling.is_confirmed}
    if said.kind not in ("moneyline", "draw") or not league.ties:
        values.setdefault("tie", "result")
    terms = msgspec.convert(values, Terms)
    return turned(terms) if link.outcome == "No" else terms


def approved_terms(link: Link, approval: Approval) -> Terms:
    """What a person has said of a rules text, for one contract of a market that has it."""
    terms = msgspec.structs.replace(approval.terms, unread=())
    return turned(terms) if link.outcome == "No" else terms
