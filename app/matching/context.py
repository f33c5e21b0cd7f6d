"""What else is known about a game decides an ambiguous name, and never overrules an unambiguous one."""

from collections.abc import Callable, Iterable, Sequence

from app.domain.teams import MatchContext, Reason, Resolution, Team

_DECIDED = 0.9  # confidence of a name that only its context made clear


def decide(found: Resolution, context: MatchContext, resolve: Callable[[str], Resolution]) -> Resolution:
    """Settle an ambiguous name. `resolve` reads the names in the context, in the same league."""
    if found.team is not None or not found.candidates:
        return found
    left = list(found.candidates)
    reasons = list(found.reasons)
    if context.opponent:
        opponent = resolve(context.opponent).team
        if opponent and any(team.id == opponent.id for team in left):
            left = [team for team in left if team.id != opponent.id]
            reasons.append(Reason("opponent", "differs", f"{opponent.name} does not play itself"))
    if context.matched_side:
        left, reason = _keep_matched(left, resolve(context.matched_side), context.matched_side)
        reasons.append(reason)
    return _settled(found, left, reasons)


def restrict(found: Resolution, inside: Resolution, among: Sequence[Team]) -> Resolution:
    """`inside` is what the name means when only `among` can be meant; `found`, in the whole league."""
    allowed = {team.id for team in among}
    if found.team is not None:
        if found.team.id in allowed or inside.method == "exact":
            return inside if inside.team else found
        reason = Reason("candidates", "differs", f"{found.team.name} is not among those asked for")
        return Resolution(found.query, None, 0.0, "none", (), (*found.reasons, reason))
    left = [team for team in found.candidates if team.id in allowed]
    if left:
        return _settled(found, left, [*found.reasons, Reason("candidates", "agrees", _names(left))])
    if found.candidates and inside.method != "exact":
        reason = Reason("candidates", "differs", "none of them is among those asked for")
        return Resolution(found.query, None, 0.0, "none", (), (*found.reasons, reason))
    return inside


def _keep_matched(left: list[Team], matched: Resolution, name: str) -> tuple[list[Team], Reason]:
    meant = {team.id for team in ((matched.team,) if matched.team else matched.candidates)}
    kept = [team for team in left if team.id in meant]
    if not kept:
        return left, Reason("matched_side", "unknown", f"{name!r} is none of them")
    return kept, Reason("matched_side", "agrees", f"{name!r} is {_names(kept)}")


def _settled(found: Resolution, left: Sequence[Team], reasons: Iterable[Reason]) -> Resolution:
    if len(left) == 1:
        return Resolution(found.query, left[0], _DECIDED, "context", tuple(left), tuple(reasons))
    return Resolution(found.query, None, 0.0, "none", tuple(left) or found.candidates, tuple(reasons))


def _names(teams: Iterable[Team]) -> str:
    return " or ".join(team.name for team in teams)
