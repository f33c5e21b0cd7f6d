"""Every drill there is, in the order in which they are run."""

from collections.abc import Sequence
from functools import partial

from app.drills.answers import LostAnswer
from app.drills.feeds import Mute
from app.drills.halts import KillSwitch
from app.drills.links import WrongLink
from app.drills.shards import KilledShard
from app.drills.trials import Drill
from app.errors import BadInput

DRILLS: tuple[Drill, ...] = (
    Drill(
        "mute_kalshi",
        8.0,  # of silence five until a connection is cut, and two until what it proved is stale
        "none of its contracts counts as fresh, and no signal with a leg there is sent",
        needs_faults=True,
        heals=True,
        begin=partial(Mute, "kalshi"),
    ),
    Drill(
        "mute_polymarket",
        8.0,
        "none of its contracts counts as fresh, and no signal with a leg there is sent",
        needs_faults=True,
        heals=True,
        begin=partial(Mute, "polymarket"),
    ),
    Drill(
        "kill_shard",
        10.0,  # of silence six, after which others take its games
        "each of its games is worked on by another",
        needs_faults=False,
        heals=False,
        begin=KilledShard,
    ),
    Drill(
        "lose_answer",
        5.0,  # after that an order which no venue knows counts as never arrived
        "it is known how the order stands, and neither it nor a fill is doubled",
        needs_faults=False,
        heals=False,
        begin=LostAnswer,
    ),
    Drill(
        "wrong_link",
        90.0,  # listings are read once a minute
        "the alarm has rejected the link, and no signal with it was sent",
        needs_faults=True,
        heals=False,
        begin=WrongLink,
    ),
    Drill(
        "kill_switch",
        2.0,
        "nothing rests, and a new order is refused",
        needs_faults=False,
        heals=True,
        begin=KillSwitch,
    ),
)


def chosen(names: Sequence[str]) -> Sequence[Drill]:
    """These, in the order of the roster; all, where none is named. Raises BadInput."""
    known = {drill.name for drill in DRILLS}
    for name in names:
        if name not in known:
            raise BadInput(f"there is no drill '{name}'", remedy=f"Name some of {', '.join(sorted(known))}.")
    return [drill for drill in DRILLS if not names or drill.name in names]
