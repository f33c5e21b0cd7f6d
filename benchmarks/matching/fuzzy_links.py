"""A linker as it is often written: the likest title, the nearest start, key words and the first number of the question.

A reference, with what such bots leave out left out: it knows no teams, no doubleheaders and no contradictions.
"""

import re
from datetime import datetime

from rapidfuzz import fuzz
from rapidfuzz import utils as cleaning

from app.domain.propositions import Polarity
from benchmarks.matching.listings import Candidate, Claim, Listing

LIKE_ENOUGH = 60
_NUMBER = re.compile(r"(\d+\.\d+|\d+)")
_UNREADABLE = re.compile(r"champion|overtime|race|draw no bet|exact|odd|advance|score first|first to", re.IGNORECASE)


def link_by_likeness(listing: Listing) -> Claim:
    """Game by title, kind by key word, team by likeness."""
    likest = max(listing.games, key=lambda game: _fit(listing, game))
    asked = f"{listing.question} {listing.subtitle}"
    if _likeness(listing.title, f"{likest.away} {likest.home}") < LIKE_ENOUGH or _UNREADABLE.search(asked):
        return Claim()
    return _claim(listing, likest, asked.lower())


def _fit(listing: Listing, game: Candidate) -> tuple[float, float]:
    likeness = _likeness(listing.title, f"{game.away} {game.home}")
    if not listing.start:
        return likeness, 0.0
    apart = datetime.fromisoformat(listing.start) - datetime.fromisoformat(game.start)
    return likeness, -abs(apart.total_seconds())


def _claim(listing: Listing, game: Candidate, asked: str) -> Claim:
    soccer = game.league in ("epl", "laliga", "bundesliga", "mls")
    period = _period(asked) or ("regulation" if soccer else "game")
    number = _NUMBER.search(asked.split("o/u")[-1].split("over")[-1].split("(")[-1])
    line = float(number[0]) if number else None
    held = listing.outcome.lower()
    pays: Polarity = "no" if held in ("no", "under") else "yes"
    about = listing.subtitle or (listing.question if held in ("yes", "no", "over", "under") else listing.outcome)
    team = max((game.home, game.away), key=lambda name: _likeness(about, name))
    if "both teams" in asked:
        return Claim(game.id, "both_to_score", period, pays=pays)
    if "draw" in asked or listing.subtitle == "Tie":
        return Claim(game.id, "draw", period, pays=pays)
    if "team total" in asked:
        return Claim(game.id, "team_total", period, team, line, pays)
    if "o/u" in asked or "total" in asked:
        return Claim(game.id, "total", period, "", line, pays)
    if "spread" in asked or "wins by" in asked:
        return _spread(listing, game, line, period, pays)
    return Claim(game.id, "moneyline", period, team, None, pays)


def _spread(listing: Listing, game: Candidate, line: float | None, period: str, pays: Polarity) -> Claim:
    giver = max((game.home, game.away), key=lambda name: _likeness(listing.question, name))
    if listing.outcome not in ("Yes", "No"):
        own = max((game.home, game.away), key=lambda name: _likeness(listing.outcome, name))
        pays = "yes" if own == giver else "no"
    return Claim(game.id, "spread", period, giver, -(line or 0.0), pays)


def _period(asked: str) -> str:
    words = {"1h": "1h", "first half": "1h", "first 5": "f5", "first period": "p1"}
    return next((period for word, period in words.items() if word in asked), "")


def _likeness(one: str, other: str) -> float:
    return fuzz.token_set_ratio(cleaning.default_process(one), cleaning.default_process(other))
