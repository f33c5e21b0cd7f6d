"""What one market asks: the venue's fields and its words, compared; where they contradict, it is left out."""

import msgspec

from app.domain.leagues import League
from app.domain.markets import Event, Market, Topic
from app.domain.propositions import LINED, HalfPoints, Kind, Scope, half_points
from app.domain.teams import Reason
from app.matching.titles import Question, Way, read_question, read_scope


class Reading(msgspec.Struct, frozen=True):
    """Kind, scope and line of a market, with the field-by-field reasons. `subject`: the team the words name."""

    kind: Kind
    scope: Scope
    line: HalfPoints | None  # as the words give it to the subject: negative gives points
    subject: str
    way: Way
    reasons: tuple[Reason, ...]


class Unreadable(msgspec.Struct, frozen=True):
    """Why a market is left out."""

    code: str
    detail: str


_TOPICS: dict[Topic, str] = {
    "prop": "about a player or a detail of the game, not about its result",
    "part": "about a stretch of the game that is not paired: one map, one inning, one set of many",
    "advance": "who goes through, however it is decided: extra time, penalties and other legs count",
    "future": "about a season, a title or an award, not about one game",
    "combo": "a combination of several questions",
    "comparison": "asks for at least, at most or between; lines are paired by more than",
    "not_sports": "not about sports",
    "unknown_type": "its type of question is not known here",
    "unknown_series": "its series is not known here",
}


def leave_out_topic(topic: Topic, kind_name: str) -> Unreadable | None:
    """A listing that is not about who wins one game, by how much or with how many points."""
    if topic == "game":
        return None
    named = f" ({kind_name})" if kind_name else ""
    return Unreadable(topic, f"{_TOPICS[topic]}{named}")


def read_market(market: Market, event: Event, league: League) -> Reading | Unreadable:
    """A market's question. Fields and words are two witnesses: they agree, or only one speaks, or it is left out."""
    left_out = leave_out_topic(market.topic, market.kind_name)
    if left_out:
        return left_out
    words = _words(market)
    if words.is_prop:
        return Unreadable("prop", f"'{market.title}': {_TOPICS['prop']}")
    if words.is_unclear:
        return Unreadable("unclear_question", f"'{market.title}' asks something more, or other, than who wins")
    kind = _agree_on_kind(market.kind or event.kind, words)
    scope = _agree_on_scope(market.scope or event.scope, read_scope(market.title) or read_scope(market.subject), league)
    if isinstance(kind, Unreadable) or isinstance(scope, Unreadable):
        return kind if isinstance(kind, Unreadable) else scope  # type: ignore[return-value]
    if kind[0] == "draw" and scope[0] == "game" and not league.ties:
        return Unreadable("no_draw", f"a game of {league.name} cannot end level")
    reasons = (kind[1], scope[1])
    if kind[0] not in LINED:
        return Reading(kind[0], scope[0], None, words.subject, words.way, reasons)
    line = _agree_on_line(market.line, words)
    if isinstance(line, Unreadable):
        return line
    return Reading(kind[0], scope[0], line[0], words.subject, words.way, (*reasons, line[1]))


def _words(market: Market) -> Question:
    """The title's question, sharpened by what the subject says: `Total Runs?` + `Over 1.5 runs scored`."""
    title, subject = read_question(market.title), read_question(market.subject)
    if subject.kind is None:
        return title
    if title.kind is None or subject.kind == "draw":
        return subject
    if subject.kind == title.kind and title.line is None and not title.is_unclear:
        return msgspec.structs.replace(subject, subject=subject.subject or title.subject)
    return title


def _agree_on_kind(field: Kind | None, words: Question) -> tuple[Kind, Reason] | Unreadable:
    if field is None and words.kind is None:
        return Unreadable("unknown_kind", "neither a field nor the title says what is asked")
    if field is None or words.kind is None:
        kind = field or words.kind
        assert kind is not None  # one of the two speaks
        return kind, Reason("kind", "unknown", f"{kind}, by the {'field' if field else 'title'} alone")
    if field != words.kind:
        return Unreadable("kind_conflict", f"the field says {field}, the title says {words.kind}")
    return field, Reason("kind", "agrees", f"{field}, by field and title")


def _agree_on_scope(field: Scope | None, words: Scope | None, league: League) -> tuple[Scope, Reason] | Unreadable:
    whole: Scope = "regulation" if league.has_draw_outcome else "game"
    if field is not None and words is not None and field != words:
        return Unreadable("period_conflict", f"the field says {field}, the title says {words}")
    scope = words or field or whole
    if scope == whole:
        return scope, Reason("period", "agrees", f"{scope}: no part of the game is named")
    named = "field and title" if field and words else "the title" if words else "the field alone"
    return scope, Reason(
        "period", "unknown", f"{scope}, named by {named}: told apart from the whole game, only watched"
    )


def _agree_on_line(field: float | None, words: Question) -> tuple[HalfPoints, Reason] | Unreadable:
    line = words.line if words.line is not None else field
    if line is None:
        return Unreadable("no_line", "neither a field nor the title says the line")
    half = half_points(line)
    if half is None:
        return Unreadable("push_line", f"a line of {line:g} can push; only half-point lines are paired")
    if words.line is None or field is None:
        return half, Reason("line", "unknown", f"{line:g}, by the {'field' if words.line is None else 'title'} alone")
    if abs(field) != abs(words.line):
        return Unreadable("line_conflict", f"the field says {field:g}, the title says {words.line:g}")
    detail = f"{line:g}, by field and title"
    if field != words.line and words.kind == "spread":
        detail += f" (the field is written {field:+g}; the title names the team, so its sign counts)"
    return half, Reason("line", "agrees", detail)
