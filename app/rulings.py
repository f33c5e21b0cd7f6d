"""What people say that rules texts mean. Checked, written down with the audit, then told to every process.

The doors (REST, the command line) only translate; all of them come through here.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.clock import wall_clock
from app.domain.games import Game
from app.domain.leagues import LEAGUES
from app.domain.links import Link
from app.domain.questions import Fault, QuestionRefused, fault_of_text
from app.domain.settlements import FOREVER, Approval, Payout, Terms
from app.errors import Conflict, HotStoreUnavailable, NotFound
from app.history.approvals import drop_approval, keep_approval, list_approvals, read_texts
from app.history.audit import Deed
from app.history.database import Database
from app.hot.state import HotState
from app.settlement.terms import CLAUSES, approved_terms

log = logging.getLogger(__name__)

LONGEST_REASON = 500  # characters
APPROVED, WITHDRAWN = "rules.approved", "rules.withdrawn"

Clauses = Mapping[str, bool | int | Payout | tuple[Payout, ...]]  # some fields of `Terms`


class TextInUse(NamedTuple):
    """A rules text that markets have now. `link`: an example, of the market's YES where it has one."""

    rules_hash: str
    game: Game
    link: Link
    markets: int
    approval: Approval | None

    @property
    def terms(self) -> Terms:
        """What the text and the card say of it, without any person."""
        return self.link.terms or Terms()


class Standing(NamedTuple):
    """An approval, and how many markets have its text now: none, when it has changed since."""

    said: Approval
    markets: int


async def texts_in_use(hot: HotState, history: Database) -> Sequence[TextInUse]:
    """Every rules text that markets have now and that is not known without a person; those of most markets first."""
    approvals = {said.rules_hash: said for said in await list_approvals(history)}
    found: dict[str, tuple[Game, Link, set[str]]] = {}
    for game in await hot.active_games():
        for link in await hot.links(game.id):
            if link.market_id is None or not link.rules_hash or (link.terms is not None and link.terms.is_known):
                continue
            _, example, markets = found.setdefault(link.rules_hash, (game, link, set()))
            markets.add(f"{link.venue} {link.market_id}")
            if example.outcome == "No" and link.outcome != "No":
                found[link.rules_hash] = (game, link, markets)
    texts = [
        TextInUse(rules_hash, game, link, len(markets), approvals.get(rules_hash))
        for rules_hash, (game, link, markets) in found.items()
    ]
    return sorted(texts, key=lambda text: (-text.markets, text.rules_hash))


async def standings(hot: HotState, history: Database) -> Sequence[Standing]:
    """Everything that is approved, by hash."""
    in_use = {text.rules_hash: text.markets for text in await texts_in_use(hot, history)}
    return [Standing(said, in_use.get(said.rules_hash, 0)) for said in await list_approvals(history)]


async def approve(
    hot: HotState, history: Database, rules_hash: str, clauses: Clauses, reason: str, *, by: str
) -> Standing:
    """Say what a text means that markets have now: these clauses, and of the others what is known of them. Raises
    NotFound, Conflict, and QuestionRefused where something is still not known."""
    stated = _read_reason(reason)
    in_use = next((text for text in await texts_in_use(hot, history) if text.rules_hash == rules_hash), None)
    if in_use is None:
        raise NotFound(
            f"no market has a rules text {rules_hash} of which something is not known",
            remedy="GET /rules/texts lists those that wait for a person, with their hashes.",
        )
    terms = _judged(in_use, clauses)
    now = wall_clock()
    said = Approval(rules_hash=rules_hash, terms=terms, reason=stated, approved_by=by, approved_at=now.isoformat())
    told = {"rules_hash": rules_hash, "before": _in_short(in_use.approval), "after": _in_short(said)}
    await keep_approval(history, said, Deed(at=now, who=by, what=APPROVED, detail=told))
    await _tell(hot)
    return Standing(said, in_use.markets)


async def withdraw(hot: HotState, history: Database, rules_hash: str, *, by: str) -> Approval:
    """Let nobody have said what a text means; what was said. Raises NotFound."""
    before = next((said for said in await list_approvals(history) if said.rules_hash == rules_hash), None)
    told = {"rules_hash": rules_hash, "before": _in_short(before), "after": None}
    deed = Deed(at=wall_clock(), who=by, what=WITHDRAWN, detail=told)
    if before is None or not await drop_approval(history, rules_hash, deed):
        raise NotFound(f"nobody has approved {rules_hash}", remedy="GET /rules/approvals lists what is approved.")
    await _tell(hot)
    return before


async def texts_of(history: Database, hashes: Sequence[str]) -> dict[str, str]:
    """The words behind hashes, as far as they were written down."""
    return await read_texts(history, hashes)


async def as_approved(history: Database, links: Sequence[Link]) -> list[Link]:
    """The links with what people say that their rules mean."""
    approvals = {said.rules_hash: said for said in await list_approvals(history)}
    return [
        msgspec.structs.replace(link, terms=approved_terms(link, approvals[link.rules_hash]))
        if link.rules_hash in approvals
        else link
        for link in links
    ]


def _judged(text: TextInUse, clauses: Clauses) -> Terms:
    """The terms that are approved, whole. Raises Conflict and QuestionRefused."""
    league, scope = LEAGUES[text.game.league], text.link.proposition.scope
    if not league.has_teams:
        raise Conflict(f"{league.name} is not traded: its walkovers, retirements and forfeits differ by venue")
    if text.terms.is_misread:
        raise Conflict(
            f"the contract is read as something else than its text asks for: {'; '.join(text.terms.unread)}",
            remedy="Overrule the link, or leave it: one of the two is read wrong, whatever the text means.",
        )
    given = {"late": "result", **clauses} if clauses.get("window") == FOREVER else clauses
    terms = msgspec.convert({**msgspec.structs.asdict(text.terms), **given, "unread": (), "sources": ()}, Terms)
    if terms.missing:
        raise QuestionRefused([Fault(f"clauses.{name}", "must be given: nobody knows it") for name in terms.missing])
    if terms.overtime != (scope == "game"):
        counts = "counts" if scope == "game" else "does not count"
        raise Conflict(
            f"the contract is read as about {scope}, where overtime {counts}",
            remedy="If the text says otherwise, overrule the link: it is read as another statement than it is.",
        )
    if {"win", "lose"} & {terms.tie, terms.late, terms.cancelled, *terms.abandoned} and not _is_yes_or_no(text.link):
        raise Conflict(
            "`win` and `lose` speak about YES, and this market's outcomes are sides",
            remedy="Say half, fair or result; a market that pays one named side cannot be approved.",
        )
    return terms


def _is_yes_or_no(link: Link) -> bool:
    return link.outcome in ("Yes", "No")


def _read_reason(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise QuestionRefused([Fault("reason", "must say in a few words what you have read")])
    if fault := fault_of_text(said, LONGEST_REASON):
        raise QuestionRefused([Fault("reason", fault)])
    return said


def _in_short(said: Approval | None) -> dict[str, object] | None:
    if said is None:
        return None
    values = msgspec.to_builtins(said.terms)
    return {**{name: values[name] for name in CLAUSES}, "reason": said.reason, "approved_by": said.approved_by}


async def _tell(hot: HotState) -> None:
    try:
        await hot.announce_risk()
    except HotStoreUnavailable as error:
        log.warning("approved rules are not announced; they are read from Postgres", extra={"error": str(error)})
