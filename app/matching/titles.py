"""Reading what venues write for people: titles, questions, subjects → what is asked, about whom, over which stretch.

A reading is one witness. The venue's structured fields are another, and `linking` compares the two.
"""

import re
from typing import Literal

import msgspec

from app.domain.propositions import Kind, Scope

Way = Literal["over", "under", ""]


class Matchup(msgspec.Struct, frozen=True):
    """Two names in a title. `first_is_away`: the title says "at", so the order means something."""

    first: str
    second: str
    first_is_away: bool | None


class Question(msgspec.Struct, frozen=True):
    """What a title asks. `kind` None: it does not say; `is_prop`: about a player or another curiosity."""

    kind: Kind | None = None
    scope: Scope | None = None
    subject: str = ""  # the team, when one is named
    line: float | None = None  # points, with the sign the subject is given: -3.5 gives points
    way: Way = ""
    is_prop: bool = False
    is_unclear: bool = False  # it seems to ask who wins, with words beside that change the question


LONGEST_TITLE = 500  # characters; a longer text is no title, and would take long to read

_MATCHUP = re.compile(r"^(?P<first>.+?)\s+(?P<word>vs?\.?|at|@)\s+(?P<second>.+)$", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?!.*?\b(?:vs?|at)\b.*?:)[^:]+:\s*(?=.+\s(?:vs?\.?|at|@)\s)", re.I
)  # "Cincinnati Open: A vs B", "Game 5: A at B"
_TAIL = re.compile(
    r"\s*(?::\s*(?!.*\bvs?\b).*"
    r"|\((?:bo\d|[a-z]{3} \d{1,2})\).*"
    r"|\s-\s.*"
    r"|\bwinner\?.*"
    r"|\btotal (?:runs|points|goals).*"
    r"|\s(?:first|second|1st|2nd|3rd|4th|third|fourth) (?:5|five|half|quarter|period|set)\b.*"
    r"|\send in a (?:draw|tie)\?.*"
    r"|\s(?:women's )?(?:professional|pro|college|nhl|nba|nfl|mlb) (?:men's |women's )?"
    r"(?:basketball|football|hockey|baseball|soccer)?\s*(?:game|match)?.*"
    r")$",
    re.IGNORECASE,
)
_DATE_TAIL = re.compile(r"\s+(?:on )?\d{4}-\d{2}-\d{2}$|\s+game \d$", re.IGNORECASE)

_SCOPES: tuple[tuple[re.Pattern[str], Scope], ...] = (
    (re.compile(r"\b(?:1h|first half|1st half|(?:at|by) half-?time)\b", re.I), "1h"),
    (re.compile(r"\b(?:2h|second half|2nd half)\b", re.I), "2h"),
    (re.compile(r"\b(?:q1|1q|first quarter|1st quarter)\b", re.I), "q1"),
    (re.compile(r"\b(?:q2|2q|second quarter|2nd quarter)\b", re.I), "q2"),
    (re.compile(r"\b(?:q3|3q|third quarter|3rd quarter)\b", re.I), "q3"),
    (re.compile(r"\b(?:q4|4q|fourth quarter|4th quarter)\b", re.I), "q4"),
    (re.compile(r"\b(?:p1|1p|first period|1st period)\b", re.I), "p1"),
    (re.compile(r"\b(?:p2|2p|second period|2nd period)\b", re.I), "p2"),
    (re.compile(r"\b(?:p3|3p|third period|3rd period)\b", re.I), "p3"),
    (re.compile(r"\b(?:f5|first 5|first five)\b", re.I), "f5"),
    (re.compile(r"\bset 1\b|\bfirst set\b", re.I), "s1"),
    (re.compile(r"\bset 2\b|\bsecond set\b", re.I), "s2"),
    (re.compile(r"\bset 3\b|\bthird set\b", re.I), "s3"),
)

_NUMBER = r"(?P<line>\d+(?:\.\d+)?)"
_SPREAD = re.compile(
    r"(?:spread|(?<!map )(?<!set )(?<!game )handicap|run line|puck line)\s*:\s*(?P<subject>.+?)\s*\((?P<sign>[+-])"
    + _NUMBER
    + r"\)",
    re.I,
)
_STRETCH = r"game|match|[12]h|[1-4]q|(?:\w+ ){0,2}(?:half|quarter|period|innings)"
_WINS_BY = re.compile(
    r"^(?:will )?(?:the )?(?P<subject>.+?) wins?(?: (?:the )?(?:" + _STRETCH + r"))? by (?:over|more than) " + _NUMBER,
    re.I,
)
_PART = r"(?:(?:1st|2nd|3rd|4th|first|second|third|fourth) (?:half|quarter|period)|[12]h|[1-4]q|[1-3]p)"
_UNITS = r"(?:points|runs|goals)"
_TEAM_TOTAL = re.compile(
    r"^(?P<subject>[^:]+?)(?: "
    + _PART
    + r")?:? team total(?: "
    + _UNITS
    + r")?:? (?:o/u|(?P<way>over|under)) "
    + _NUMBER,
    re.I,
)
_TEAM_SCORES = re.compile(
    r"^(?P<subject>[^:]+?) (?P<way>over|under) " + _NUMBER + r" (?:" + _PART + r" )?" + _UNITS + r" scored\b", re.I
)  # "Baltimore over 1.5 runs scored"; "Full Game: over 37.5 points scored" is of both
_OVER_UNDER = re.compile(r"\bo/u " + _NUMBER, re.I)
_WAY = re.compile(r"\b(?P<way>over|under) " + _NUMBER, re.I)
_DRAW = re.compile(r"\b(?:draw|tie)\b", re.I)
_BOTH = re.compile(r"\bboth teams to score\b(?! \d)", re.I)
_WILL_WIN = re.compile(r"^will (?:the )?(?P<subject>.+?) (?:win|beat)\b", re.I)
_WINS_PART = re.compile(
    r"^(?:will )?(?:the )?(?P<subject>[^:]+?) (?:wins? (?:the )?(?:"
    + _STRETCH
    + r")|(?:be )?leading at half-?time)\??$",
    re.I,
)  # "Denver wins 1st Half"
_COLON_WINS = re.compile(r":\s*(?P<subject>[^:]+?) wins(?: (?:the )?(?:" + _STRETCH + r"))?\??$", re.I)
_NO_DRAW = re.compile(r"\bdraw no bet\b", re.I)
_PROP = re.compile(
    r":\s*\d+\+|:\s*(?:points|rebounds|assists|strikeouts|total bases|hits|home runs|threes|steals|blocks|goals|saves"
    r"|shots|receiving|rushing|passing|touchdowns?|anytime)\b|\bdouble[- ]doubles?\b|\bovertime\b|\bextra innings\b"
    r"|\b(?:exact (?:score|margin)|correct score|advance|qualif(?:y|ies)|halftime/fulltime|completed match|odd/even)\b"
    r"|\b(?:go the distance|(?:first|1st) inning|[ny]rfi|both teams to score \d+|corners?|(?:map|set|game) handicap)\b"
    r"|\b(?:map|game) \d+ (?:winner|total|handicap)|\btotal (?:maps|rounds|sets)\b",
    re.I,
)
_UNCLEAR = re.compile(
    r"\b(?:regulation|60[- ]min\w*|race to|first (?:to|basket|team|goal|touchdown|blood)|scores? first|highest|lowest"
    r"|at least|or more|by \d+|not|margin|exactly|double chance|or draw|handicap|either"
    r"|series winner|(?:wins?|beats?|who will win) the .*\bseries)\b",
    re.I,
)
_FRAMES = re.compile(
    r"(?:(?:match |game )?winner|moneyline|to win|.+ wins?(?: (?:the )?(?:" + _STRETCH + r"))?"
    r"|(?:(?:\w+ ){0,2}(?:half|quarter|period|innings|set \d)|[12]h|[1-4]q|[1-3]p|f5)(?: (?:winner|moneyline))?"
    r"|[\w .,'’-]*\bmatch)\??",  # "Will Gauff win the Korneeva vs Gauff: Round Of 16 match?"
    re.I,
)
_HEADING = re.compile(
    r":\s*(?:\w+ ){0,2}?(?:[12]h |[1-4]q |half |quarter |period |innings )?(?P<kind>spread|team total|total)s?\??$",
    re.I,
)  # "Missouri St. vs Texas A&M: First Half Spread"
_HEADINGS: dict[str, Kind] = {"spread": "spread", "total": "total", "team total": "team_total"}
_COUNTED = re.compile(r"\bo/u\b|\btotal (?:runs|points|goals|games|sets)\b|\bover \d|\bunder \d|\bcombined\b", re.I)


def read_matchup(title: str) -> Matchup | None:
    """The two sides of `Houston at Sacramento` or `Lions vs. Bills: Spread`; None where a title has not two."""
    found = _MATCHUP.match(_without_frame(title)) if len(title) <= LONGEST_TITLE else None
    if found is None:
        return None
    word = found["word"].lower()
    first, second = found["first"].strip(" :-"), _DATE_TAIL.sub("", found["second"]).strip(" :-?")
    return Matchup(first, second, True if word in ("at", "@") else None) if first and second else None


def read_question(text: str) -> Question:
    """What a title, question or subject asks. Only what is written: nothing is guessed from what is missing."""
    scope = read_scope(text)
    if len(text) > LONGEST_TITLE:
        return Question("moneyline", scope, is_unclear=True)
    spread = _read_spread(text, scope)
    if spread is not None:
        return spread
    if _PROP.search(text) or _NO_DRAW.search(text):
        return Question(scope=scope, is_prop=True)
    if _BOTH.search(text):
        return Question("both_to_score", scope)
    return _read_heading(text, scope) or _read_count(text, scope) or _read_winner(text, scope)


def read_scope(text: str) -> Scope | None:
    """The stretch of the game that is named, or None when the text names none."""
    return next((scope for pattern, scope in _SCOPES if pattern.search(text)), None)


def _read_spread(text: str, scope: Scope | None) -> Question | None:
    found = _SPREAD.search(text)
    if found:
        line = float(found["line"])
        return Question("spread", scope, found["subject"].strip(), -line if found["sign"] == "-" else line)
    found = _WINS_BY.search(text)
    return Question("spread", scope, found["subject"].strip(), -float(found["line"])) if found else None


def _read_heading(text: str, scope: Scope | None) -> Question | None:
    """A heading over several lines: which one is meant, the subject says."""
    found = _HEADING.search(text)
    return Question(_HEADINGS[found["kind"].lower()], scope) if found else None


def _read_count(text: str, scope: Scope | None) -> Question | None:
    found = _TEAM_TOTAL.search(text) or _TEAM_SCORES.search(text)
    if found:
        return Question("team_total", scope, found["subject"].strip(), float(found["line"]), _way(found["way"]))
    if not _COUNTED.search(text):
        return None
    found = _OVER_UNDER.search(text)
    if found:
        return Question("total", scope, line=float(found["line"]))
    found = _WAY.search(text)
    return (
        Question("total", scope, line=float(found["line"]), way=_way(found["way"]))
        if found
        else Question("total", scope)
    )


def _read_winner(text: str, scope: Scope | None) -> Question:
    if _is_unclear(text):
        return Question("moneyline", scope, is_unclear=True)
    if _DRAW.search(text):
        return Question("draw", scope)
    found = _WILL_WIN.search(text) or _WINS_PART.search(text) or _COLON_WINS.search(text)
    if found:
        return Question("moneyline", scope, found["subject"].strip())
    if re.search(r"\b(?:winner|moneyline|wins?)\b", text, re.I) or read_matchup(text):
        return Question("moneyline", scope)
    return Question(None, scope)


def _is_unclear(text: str) -> bool:
    """Words that make another question of it, or a tail behind the two sides that is none of the usual ones."""
    if _UNCLEAR.search(text):
        return True
    body = _LEAD.sub("", text.strip())
    head, colon, tail = body.rpartition(":")
    return bool(colon and _MATCHUP.match(head) and tail.strip() and not _FRAMES.fullmatch(tail.strip()))


def _way(word: str | None) -> Way:
    lowered = (word or "").lower()
    return "over" if lowered == "over" else "under" if lowered == "under" else ""


def _without_frame(title: str) -> str:
    text = _LEAD.sub("", title.strip())
    found = re.match(
        r"^will (?:the )?(?:.+? (?:win|beat) (?:(?:set \d|the [\w ]+?) in )?the )?(?P<rest>.+)$", text, re.I
    )
    if found and _MATCHUP.match(found["rest"]):
        text = found["rest"]
    previous = ""
    while text != previous:  # tails may be stacked: "A vs B college football game: Spread"
        previous, text = text, _TAIL.sub("", text).strip()
    return text
