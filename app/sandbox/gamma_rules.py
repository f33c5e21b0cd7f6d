"""What Polymarket's descriptions say: who is paid when, and what becomes of a game that does not end as planned."""

from app.sandbox.games import Contest
from app.sandbox.gamma_titles import eastern_start, ordered
from app.sandbox.leagues import Team
from app.sandbox.quirks import Quirk

_OPEN = "If the game is postponed, this market will remain open until the game has been completed."
_EVEN = "If the game is canceled entirely, with no make-up game, this market will resolve 50-50."
_EVEN_OR_TIE = (
    "If the game is canceled entirely, with no make-up game, or ends in a tie, this market will resolve 50-50."
)
_REGULATION = "This market refers only to the outcome within the first 90 minutes of regular play plus stoppage time."
_UNHEARD_OF = "If the game is moved to another arena, this market will resolve in favor of the visiting team."
_MAY_TIE = frozenset({"nfl", "mlb"})
_LONGER = {"hockey": "any overtime periods and shootouts", "baseball": "any extra innings"}  # than is planned


def winner_rules(contest: Contest) -> str:
    """Of who wins, with an outcome for each side."""
    wins = "\n".join(
        f'If the {team.polymarket_name} win, the market will resolve to "{team.polymarket_name}".'
        for team in ordered(contest)
    )
    void = _EVEN_OR_TIE if contest.league.code in _MAY_TIE else _EVEN
    tail = f"\n{_UNHEARD_OF}" if contest.has(Quirk.UNREAD_CLAUSE) else ""
    return f"{_upcoming(contest, '')}\n{wins}\n{_OPEN}\n{void}\n{_to_the_end(contest)}{tail}"


def three_way_rules(contest: Contest, team: Team | None) -> str:
    """Of whether one side wins, or none."""
    asked = f"{team.polymarket_name} wins" if team else "the game ends in a draw"
    void = "No" if team else "Yes"
    return (
        f'{_upcoming(contest)}\n\nIf {asked}, this market will resolve to "Yes". Otherwise, this market will resolve '
        f'to "No". {_REGULATION}\n\n{_OPEN} If the game is canceled entirely, with no make-up game, this market will '
        f'resolve to "{void}".'
    )


def spread_rules(contest: Contest, favourite: Team, other: Team, least: int) -> str:
    """Of whether the favourite wins by so many or more."""
    name, rest = favourite.polymarket_name, other.polymarket_name
    asked = f'This market will resolve to "{name}" if the {name} win the game by {least} or more {_unit(contest)}.'
    tie = f' If the game ends in a tie, this market will resolve to "{rest}".'
    end = f'Otherwise, this market will resolve to "{rest}".{tie}'
    return f"{_upcoming(contest)}\n\n{asked}\n\n{end}\n\n{_lasting(contest)}{_OPEN} {_EVEN}"


def total_rules(contest: Contest, least: int) -> str:
    """Of whether both sides together score so many or more."""
    first, second = (team.polymarket_name for team in ordered(contest))
    asked = (
        f'This market will resolve to "Over" if the {first} and {second} combine to score {least} or more '
        f"{_unit(contest)} in this game."
    )
    rest = f'If the combined total is less than {least}, this market will resolve to "Under".'
    return f"{_upcoming(contest)}\n\n{asked}\n\n{rest}\n\n{_lasting(contest)}{_OPEN} {_EVEN}"


def half_winner_rules(contest: Contest) -> str:
    """Of who leads at halftime."""
    leads = "\n\n".join(
        f'This market will resolve to "{team.polymarket_name}" if the {team.polymarket_name} are winning at halftime.'
        for team in ordered(contest)
    )
    return f"{_half(contest)}\n\n{leads}\n\nIf the score is tied at halftime, this market will resolve 50-50.\n\n{_END}"


def half_spread_rules(contest: Contest, favourite: Team, other: Team, least: int) -> str:
    """Of whether the favourite leads by so many or more at halftime."""
    name = favourite.polymarket_name
    asked = (
        f'This market will resolve to "{name}" if the {name} are winning by {least} or more {_unit(contest)} at '
        f'halftime.\n\nOtherwise, this market will resolve to "{other.polymarket_name}".'
    )
    return f"{_half(contest)}\n\n{asked}\n\n{_END}"


def half_total_rules(contest: Contest, least: int) -> str:
    """Of whether both sides together score so many or more in the first half."""
    first, second = (team.polymarket_name for team in ordered(contest))
    asked = (
        f'This market will resolve to "Over" if the {first} and {second} combine to score {least} or more '
        f"{_unit(contest)} in the first half.\n\nIf the combined first half total is less than {least}, this market "
        'will resolve to "Under".'
    )
    return f"{_half(contest)}\n\n{asked}\n\n{_END}"


def points_rules(contest: Contest, player: str, line: float) -> str:
    """Of how much a player scores."""
    return (
        f'{_upcoming(contest)}\n\nThis market will resolve to "Yes" if {player} scores more than {line} points during '
        f'the game.\n\nThis market will resolve to "No" if {player} scores {line} points or fewer during the game.\n\n'
        f"The entire game including all overtime periods will be considered.\n\n{_OPEN} {_EVEN}\n\nIf the player does "
        'not take the court at any point, the market will resolve "No".'
    )


_END = f"The result will be determined based on the score at halftime only.\n\n{_OPEN} {_EVEN}"


def _to_the_end(contest: Contest) -> str:
    longer = _LONGER.get(contest.league.sport, "any overtime periods")
    return f"The result will be determined based on the final score including {longer}."


def _lasting(contest: Contest) -> str:
    """How long what is counted lasts, where the description says it."""
    if contest.league.is_soccer:
        return f"{_REGULATION}\n\n"
    if contest.league.sport in ("football", "baseball"):
        return f"{_to_the_end(contest)}\n\n"
    if contest.league.sport == "hockey":
        return "If the game goes to a shootout, one goal will be added to the score of the team that wins it.\n\n"
    return ""


def _upcoming(contest: Contest, space: str = " ") -> str:
    return f"In the upcoming {contest.league.abbreviation} game, scheduled for {_when(contest, space)}:"


def _half(contest: Contest) -> str:
    first, second = (team.polymarket_name for team in ordered(contest))
    game = f"{contest.league.abbreviation} game between {first} and {second}"
    return f"In the first half of the {game}, scheduled for {_when(contest, ' ')}:"


def _when(contest: Contest, space: str) -> str:
    start = eastern_start(contest)
    at = start.strftime(f"%I:%M{space}%p").lstrip("0")
    return f"{start:%B} {start.day} at {at} ET"


def _unit(contest: Contest) -> str:
    return contest.league.clockwork.unit
