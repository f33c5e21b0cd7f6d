"""The two sides of a Kalshi event: names by the title, codes by the ticker, ids by the markets. Which name a code is of
is said by the markets about that code, and only where they say nothing by the order."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import Competitor
from app.venues.kalshi import wire
from app.venues.kalshi.markets import team_id
from app.venues.kalshi.tickers import EventTicker, split_codes, strike_code, suffix_of

Side = Literal["home", "away", ""]
Pair = tuple[str, str]

_TITLE = re.compile(r"(?:[^:]+: )?(?P<first>.+?) (?:at|vs\.?) (?P<second>[^:]+?)(?:: [\w /-]+| Winner\?)?")
_OTHER: dict[Side, Side] = {"home": "away", "away": "home", "": ""}


def competitors_of(
    event: wire.Event,
    ticker: EventTicker,
    league: LeagueCode | None,
    markets: Sequence[wire.Market],
    milestone: wire.Milestone | None,
) -> tuple[Competitor, ...]:
    """Two sides in the order of the ticker, as far as they are told; a milestone knows who is at home better than any
    order does. A name that its code's markets contradict stays without code and id."""
    by_suffix = [(suffix_of(market.ticker or "", event.event_ticker or ""), market) for market in markets]
    title = _TITLE.fullmatch(event.title or "")
    codes = split_codes(ticker.codes, event.sub_title or "", [suffix for suffix, _ in by_suffix])
    if not title and not codes:
        return ()
    names = (title["first"], title["second"]) if title else ("", "")
    subjects = _subjects(by_suffix)
    known = {strike_code(suffix) or suffix: team_id(market) for suffix, market in by_suffix}
    pairs = _by_subject(names, codes, subjects) if codes else tuple((name, "") for name in names)
    ids = [known.get(code, "") if code else "" for _, code in pairs]
    sides = _sides(ids, league, milestone)
    return tuple(
        Competitor(name, code, team or (_id_of(side, milestone) if code or not codes else ""), side)
        for (name, code), team, side in zip(pairs, ids, sides, strict=True)
    )


def _subjects(markets: Iterable[tuple[str, wire.Market]]) -> dict[str, str]:
    """Whom YES is about, by code: `BOS` → Boston, and `BOS12` → Boston out of "Boston wins by over 11.5 points"."""
    found: dict[str, str] = {}
    for suffix, market in markets:
        who, wins, _ = (market.yes_sub_title or "").partition(" wins ")
        if who and (wins or not strike_code(suffix)):
            found.setdefault(strike_code(suffix) or suffix, who)
    return found


def _by_subject(names: Pair, codes: Pair, subjects: Mapping[str, str]) -> tuple[Pair, Pair]:
    """Name and code of each side, in the order of the ticker."""
    if not all(names) or not any(code in subjects for code in codes):
        return (names[0], codes[0]), (names[1], codes[1])
    (first, second), swapped = names, (names[1], names[0])
    straight = sum(_likeness(subjects.get(code, ""), name) for name, code in zip(names, codes, strict=True))
    crossed = sum(_likeness(subjects.get(code, ""), name) for name, code in zip(swapped, codes, strict=True))
    if straight == crossed:
        return (first, ""), (second, "")
    one, other = zip(names if straight > crossed else swapped, codes, strict=True)
    return _unless_contradicted(*one, subjects), _unless_contradicted(*other, subjects)


def _unless_contradicted(name: str, code: str, subjects: Mapping[str, str]) -> Pair:
    return name, code if code not in subjects or _likeness(subjects[code], name) else ""


def _likeness(subject: str, name: str) -> int:
    """2: the same words; 1: one has all words of the other; 0: another name."""
    said, named = (set(re.findall(r"\w+", text.casefold())) for text in (subject, name))
    if not said or not named:
        return 0
    return 2 if said == named else int(said <= named or named <= said)


def _sides(ids: Sequence[str], league: LeagueCode | None, milestone: wire.Milestone | None) -> tuple[Side, Side]:
    told: dict[str, Side] = {team: side for side in ("home", "away") if (team := _id_of(side, milestone))}
    first, second = (told.get(team, "") for team in ids)
    if first or second:
        return first or _OTHER[second], second or _OTHER[first]
    return _nominal_sides(league)


def _id_of(side: Side, milestone: wire.Milestone | None) -> str:
    details = (milestone.details if milestone else None) or wire.MilestoneDetails()
    told: dict[Side, str | None] = {"home": details.home_team_id, "away": details.away_team_id}
    return told.get(side) or ""


def _nominal_sides(league: LeagueCode | None) -> tuple[Side, Side]:
    """Soccer names the home side first, US sports the visitors; elsewhere nobody is at home."""
    if league is None or not LEAGUES[league].has_teams:
        return "", ""
    return ("home", "away") if LEAGUES[league].sport == "soccer" else ("away", "home")
