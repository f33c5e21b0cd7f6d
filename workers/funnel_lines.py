"""Why there are no signals, or few, as one line of the log."""

from app.domain.funnels import Funnel, Stop
from app.domain.signals import STAGES


def funnel_line(funnel: Funnel) -> dict[str, object]:
    """Fields of the line: at each stage how often combinations were let go there, by reason; how many stand there now;
    and the last example of those that came nearest."""
    told = [stop for stop in funnel.stops if stop.stage != "sent" and stop.example is not None]
    nearest = max(told, key=lambda stop: (STAGES.index(stop.stage), stop.standing, stop.count), default=None)
    return {
        "games": funnel.games,
        "games_linked": funnel.linked,
        "combinations": sum(funnel.combinations.values()),
        **{f"let_go_{stage}": _reasons(funnel, stage) for stage in STAGES if stage != "sent"},
        "sent": sum(stop.count for stop in funnel.stops if stop.stage == "sent"),
        "standing": {
            stage: standing
            for stage in STAGES
            if (standing := sum(stop.standing for stop in funnel.stops if stop.stage == stage))
        },
        "nearest": "" if nearest is None else _in_words(nearest),
    }


def _reasons(funnel: Funnel, stage: str) -> dict[str, int]:
    found = sorted((stop for stop in funnel.stops if stop.stage == stage), key=lambda stop: -stop.count)
    return {stop.reason: stop.count for stop in found}


def _in_words(stop: Stop) -> str:
    place = f"{stop.stage}: {stop.reason}"
    if stop.example is None:
        return place
    return f"{place}; {stop.example.detail} (game {stop.example.game_id}, {' + '.join(stop.example.contracts)})"
