"""What a person may say against the matcher, and what a contract's link is then.

A person clears the doubts that they saw, never a fact: which side a contract pays on, that the game is the score
source's own and still to be decided, that the market is open. What was said about another rules text is void; until
somebody has read the new one, the contract is watched.
"""

from typing import Literal

import msgspec

from app.domain.games import Game
from app.domain.links import Link, Verdict
from app.domain.overrides import Override
from app.domain.questions import is_readable
from app.domain.teams import Finding, Reason
from app.errors import BadInput, Conflict

State = Literal["in_force", "stale", "waits", "not_linked"]

FIELD = "override"  # of the reason that a link carries
LONGEST_REASON = 500  # characters
FACTS = frozenset({"game", "status", "markets"})  # fields that time or the venue decides, and no person
MAY_DIFFER = frozenset({"start"})  # a delay is seen by eye; any other contradiction is not for one person to settle

_STRICTEST_FIRST: tuple[Verdict, ...] = ("rejected", "watch", "tradable")
_FINDINGS: dict[Verdict, Finding] = {"rejected": "differs", "watch": "unknown", "tradable": "agrees"}


def overruled(link: Link, said: Override | None) -> Link:
    """The link with what a person said of it, or as the matcher has it; the same again when applied again."""
    link = as_matched(link)
    if said is None:
        return link
    state, why = state_of(link, said)
    words = f"{said.said_by} says {said.verdict}: {said.reason}"
    if state == "stale":
        return _noted(link, _stricter(link.verdict, "watch"), "unknown", f"{words}; void, for {why}: say it again")
    if state == "waits":
        return _noted(link, link.verdict, "unknown", f"{words}; not in force, for {why}")
    verdict = said.verdict if said.verdict == "tradable" else _stricter(link.verdict, said.verdict)
    noted = _noted(link, verdict, _FINDINGS[said.verdict], words)
    return msgspec.structs.replace(noted, overridden_by=said.said_by)


def as_matched(link: Link) -> Link:
    """The link without anything that a person said of it."""
    if link.matched_verdict is None:
        return link
    reasons = tuple(reason for reason in link.reasons if reason.field != FIELD)
    return msgspec.structs.replace(
        link, verdict=link.matched_verdict, matched_verdict=None, reasons=reasons, overridden_by=""
    )


def state_of(link: Link | None, said: Override) -> tuple[State, str]:
    """Whether what was said counts for the link as it is now, and if not, why."""
    if link is None:
        return "not_linked", "the contract is not linked now"
    if link.rules_hash != said.rules_hash:
        return "stale", "the market's rules text has changed"
    if said.verdict != "tradable":
        return "in_force", ""
    if (link.proposition, link.polarity) != (said.proposition, said.polarity):
        return "stale", "the contract is read as another statement"
    why = _obstacle(link) or _new_doubt(link, said)
    return ("waits", why) if why else ("in_force", "")


def judge(link: Link, game: Game, verdict: Verdict) -> None:
    """Raises Conflict when this may not be said of a contract, naming what stands against it."""
    link = as_matched(link)
    if verdict == link.verdict == "tradable":
        raise Conflict("the matcher says tradable already", remedy="There is nothing to clear.")
    if verdict == "watch" and link.verdict == "rejected":
        raise Conflict(f"it is rejected: {_why_not(link)}", remedy="A rejected contract cannot be brought back.")
    why = verdict == "tradable" and (_unfit(game) or _obstacle(link))
    if why:
        remedy = "A person can clear a doubt, not this. Say `watch` or `rejected`, or wait until it has changed."
        raise Conflict(f"it cannot be made tradable: {why}", remedy=remedy)


def read_reason(text: str) -> str:
    """A reason in words, on one line. Raises BadInput for one that says nothing or cannot be kept."""
    said = " ".join(text.split())
    if not said:
        raise BadInput("a reason must be given", remedy="Say in a few words what you know and the matcher does not.")
    if len(said) > LONGEST_REASON:
        raise BadInput(f"a reason must have at most {LONGEST_REASON} characters")
    if not is_readable(said):
        raise BadInput("a reason must not have control or direction characters")
    return said


def doubts_of(link: Link) -> tuple[Reason, ...]:
    """What the matcher has not found in agreement."""
    return tuple(reason for reason in link.reasons if reason.finding != "agrees" and reason.field != FIELD)


def _obstacle(link: Link) -> str:
    """What no person can clear; empty when there is nothing of the kind."""
    if link.market_id is None or link.contract_id is None:
        return "its markets are not known"
    if link.polarity is None:
        return "it is not proven which side it pays on"
    for doubt in doubts_of(link):
        if doubt.field in FACTS or (doubt.finding == "differs" and doubt.field not in MAY_DIFFER):
            return f"{doubt.field}: {doubt.detail}"
    return "" if link.verdict != "rejected" else "the matcher rejects it"


def _unfit(game: Game) -> str:
    if game.is_provisional:
        return "the game is provisional: the score source does not show it"
    return "" if game.status in ("scheduled", "live") else f"the game is {game.status}"


def _new_doubt(link: Link, said: Override) -> str:
    """A doubt that the person did not see when they spoke."""
    seen = {(doubt.field, doubt.finding) for doubt in said.doubts}
    return next((f"{new.field}: {new.detail}" for new in doubts_of(link) if (new.field, new.finding) not in seen), "")


def _why_not(link: Link) -> str:
    return next((doubt.detail for doubt in doubts_of(link) if doubt.finding == "differs"), "by the matcher")


def _stricter(one: Verdict, other: Verdict) -> Verdict:
    return min(one, other, key=_STRICTEST_FIRST.index)


def _noted(link: Link, verdict: Verdict, finding: Finding, words: str) -> Link:
    reasons = (*link.reasons, Reason(FIELD, finding, words))
    return msgspec.structs.replace(link, verdict=verdict, matched_verdict=link.verdict, reasons=reasons)
