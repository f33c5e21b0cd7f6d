"""What a contract should be paid, by the score of its game and by its own rules: before its venue has said so.

Where the score source does not tell what the contract asks for (the score at half time, after regulation where overtime
was played), or the rules do not say what is paid then, nothing is expected; a guess would raise alarms of its own.
"""

from app.domain.games import Game
from app.domain.leagues import LEAGUES, League
from app.domain.links import Link
from app.domain.money import ONE_DOLLAR, Price
from app.domain.positions import Settled
from app.domain.propositions import Polarity
from app.domain.settlements import Payout, Terms
from app.settlement.payoffs import FIXED, UNREAD
from app.settlement.results import Statement, can_be_level, statement_of

_SETTLED: dict[Payout, Settled] = {"half": "half", "fair": "fair", "win": "win", "lose": "lose"}
_PERIODS = {"basketball": 4, "football": 4, "hockey": 3, "baseball": 9, "soccer": 2}  # of regulation
_HALVES = frozenset({"ncaab"})


def settled(link: Link, game: Game, hours: float = 0.0) -> Settled | None:
    """How a contract should be settled; None while nobody can know. `hours`: how much later than it was planned the
    game was played, or how long ago it was planned while it is not."""
    terms, about = link.terms or UNREAD, link.proposition.team_id
    if link.polarity is None or terms.is_misread or about not in (None, game.home.id, game.away.id):
        return None
    payout = _payout(terms, game, hours)
    if payout != "result":
        return None if payout is None else _SETTLED[payout]
    return _by_score(link, link.polarity, terms, game) if game.status == "final" else None


def pays(how: Settled | None) -> Price | None:
    """Of one contract; None for a fair price, which nobody knows before."""
    if how is None or how == "fair":
        return None
    return {"win": ONE_DOLLAR, "lose": Price(0), "half": FIXED["half"]}[how]


def _payout(terms: Terms, game: Game, hours: float) -> Payout | None:
    """By which clause; None: nobody knows, or it is not over."""
    is_late = terms.window is not None and hours > terms.window
    if game.status == "cancelled":
        return terms.cancelled
    if game.status == "final":
        return terms.late if is_late else "result"
    if game.status == "postponed" and is_late:
        return terms.late
    if game.status == "suspended" and is_late and len(terms.abandoned) == 1:
        return terms.abandoned[0]
    return None


def _by_score(link: Link, polarity: Polarity, terms: Terms, game: Game) -> Settled | None:
    statement = statement_of(link.proposition, game.home.id)
    figure = _figure(statement, game)
    if figure is None:
        return None
    is_level = statement.figure[0] == "margin" and figure == 0
    if is_level and not can_be_level(LEAGUES[game.league], statement.scope):
        return None  # the source has told it too early
    payout = terms.tie if is_level else "result"
    if payout != "result":
        return None if payout is None else _SETTLED[payout]
    least, most = statement.range
    return "win" if (least <= figure <= most) == (polarity == "yes") else "lose"


def _figure(statement: Statement, game: Game) -> int | None:
    """What the statement is decided by; None when the final score does not tell."""
    if game.home_score is None or game.away_score is None:
        return None
    name, scope = statement.figure
    if scope == "regulation" and _went_on(game, LEAGUES[game.league]):
        is_of_margin = name == "margin" and not LEAGUES[game.league].has_draw_outcome
        return 0 if is_of_margin else None  # overtime is played after a tie; in soccer also after one of two legs
    if scope not in ("game", "regulation"):
        return None
    figures = {
        "margin": game.home_score - game.away_score,
        "total": game.home_score + game.away_score,
        "home_points": game.home_score,
        "away_points": game.away_score,
        "both": int(game.home_score > 0 and game.away_score > 0),
    }
    return figures[name]


def _went_on(game: Game, league: League) -> bool:
    return game.period > (2 if league.code in _HALVES else _PERIODS.get(league.sport, game.period))
