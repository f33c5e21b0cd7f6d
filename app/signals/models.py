"""Which model speaks about which league, with the parameters that it begins with.

All figures are league averages of recent seasons, general knowledge as of November 2026, rounded; calibration replaces
them. Spreads are what is left of a game's margin when the closing line is taken off; Stern (1994) has 13.86 points for
the NFL. Half-innings: about 0.49 runs with a variance near 1.05, so none in 72 of 100, which makes the bunching 0.43;
extra ones, with their runner on second: about one run, and none in 43 of 100. Minutes added to the second half of a
World Cup's game: the mean of those of 2026 that ended after 90, as ESPN's clock had them.
"""

from collections.abc import Iterable, Mapping

from app.domain.leagues import LeagueCode
from app.domain.models import LearnedModel
from app.signals.clocks import Clockwork
from app.signals.diffusions import Diffusion
from app.signals.logistics import Logistic
from app.signals.outcomes import Model
from app.signals.skellams import Baseball, Batting, Hockey, Soccer

QUARTERS_OF_12 = Clockwork(periods=4, period=720, overtime=300)
QUARTERS_OF_10 = Clockwork(periods=4, period=600, overtime=300)
HALVES_OF_20 = Clockwork(periods=2, period=1200, overtime=300)
FOOTBALL = Clockwork(periods=4, period=900, overtime=600)
COLLEGE_FOOTBALL = Clockwork(periods=4, period=900, overtime=600, is_timed=False)  # possessions by turns
THIRDS_OF_20 = Clockwork(periods=3, period=1200, overtime=300)

STOPPAGE = (3.0, 6.0)  # minutes
GOALS = {  # of both sides, in 90 minutes and what is added
    **{"epl": 2.9, "championship": 2.5, "laliga": 2.6, "bundesliga": 3.1, "seriea": 2.6, "ligue1": 2.8},
    **{"mls": 3.0, "nwsl": 2.6, "ligamx": 2.8, "ucl": 3.1, "uel": 2.9, "uecl": 2.9, "soccer": 2.7},
}

MODELS: Mapping[LeagueCode, Model] = {
    LeagueCode("nba"): Diffusion(QUARTERS_OF_12, spread=12.5),
    LeagueCode("wnba"): Diffusion(QUARTERS_OF_10, spread=11.5),
    LeagueCode("ncaab"): Diffusion(HALVES_OF_20, spread=11.0),
    LeagueCode("ncaaw"): Diffusion(QUARTERS_OF_10, spread=12.0),
    LeagueCode("nfl"): Diffusion(FOOTBALL, spread=13.3, has_ties=True),
    LeagueCode("ncaaf"): Diffusion(COLLEGE_FOOTBALL, spread=15.5),
    LeagueCode("nhl"): Hockey(THIRDS_OF_20, goals=6.0, shootout=0.35),
    LeagueCode("mlb"): Baseball(innings=9, batting=Batting(0.49, 0.43), extra=Batting(1.0, 2.5)),
    LeagueCode("worldcup"): Soccer(goals=2.7, stoppage=(4.0, 9.0)),
    **{LeagueCode(code): Soccer(goals, STOPPAGE) for code, goals in GOALS.items()},
}


def promoted(learned: Iterable[LearnedModel]) -> Mapping[LeagueCode, Model]:
    """Learned models, ready to be asked. One of a league whose clock nobody here can read is left out."""
    return {each.league: Logistic(each, MODELS[each.league]) for each in learned if each.league in MODELS}
