"""What else is known about a game decides an ambiguous name, and never overrules an unambiguous one."""

from collections.abc import Callable, Iterable, Sequence

from app.domain.leagues import League, find_league
from app.domain.teams import MatchContext, Reason, Resolution, Team

_DECIDED = 0.9  # confidence of a name that only its context made clear
_CERTAIN = 0.95  # an opponent known this well is not the team asked for


def decide(
    found: Resolution, context: MatchContext, league: League, resolve: Callable[[str], Resolution]
) -> Resolution:
    """Settle an ambiguous name. `resolve` reads the names in the context, in the same league."""
    other = find_league(context.league) if context.league else None
    if other and other.pool != league.pool:
        return _refused(found, Reason("league", "differs", f"the game is of {other.name}, not of {league.name}"))
    opponent = resolve(context.opponent) if context.opponent else None
    if found.team is not None or not found.candidates:
        return _unless_opponent(found, opponent)
    left = list(found.candidates)
    reasons = list(found.reasons)
    if opponent and opponent.team in left:
        left = [team for team in left if team is not opponent.team]
        reasons.append(Reason("opponent", "differs", f"{opponent.query!r} does not play itself"))
    if context.matched_side:
        left, reason = _keep_matched(left, resolve(context.matched_side))
        reasons.append(reason)
    return _settled(found, left, reasons)


def restrict(found: Resolution, inside: Resolution, among: Sequence[Team]) -> Resolution:
    """`inside` is what the name means when only `among` can be meant; `found`, in the whole league."""
    allowed = {team.id for team in among}
    if found.team is not None and found.team.id in allowed:
        return found
    if inside.method == "exact" or not found.candidates:
        return inside
    left = [team for team in found.candidates if team.id in allowed]
    if not left:
        return _refused(found, Reason("candidates", "differs", f"it is none of {_names(among)}"))
    return _settled(found, left, [*found.reasons, Reason("candidates", "agrees", f"only {_names(left)} can be meant")])


def _unless_opponent(found: Resolution, opponent: Resolution | None) -> Resolution:
    if opponent is None or found.team is None or opponent.team is not found.team or opponent.confidence < _CERTAIN:
        return found
    return _refused(found, Reason("opponent", "differs", f"{found.team.name} does not play itself"))


def _keep_matched(left: list[Team], matched: Resolution) -> tuple[list[Team], Reason]:
    meant = {team.id for team in ((matched.team,) if matched.team else matched.candidates)}
    kept = [team for team in left if team.id in meant]
    if not kept:
        return left, Reason("matched_side", "unknown", f"{matched.query!r} is none of them")
    return kept, Reason("matched_side", "agrees", f"{matched.query!r} is {_names(kept)}")


def _settled(found: Resolution, left: Sequence[Team], reasons: Iterable[Reason]) -> Resolution:
    if len(left) == 1:
        return Resolution(found.query, left[0], _DECIDED, "context", tuple(left), tuple(reasons))
    return Resolution(found.query, None, 0.0, "none", tuple(left) or found.candidates, tuple(reasons))


def _refused(found: Resolution, reason: Reason) -> Resolution:
    return Resolution(found.query, None, 0.0, "none", (), (*found.reasons, reason))


def _names(teams: Iterable[Team]) -> str:
    return " or ".join(team.name for team in teams)
