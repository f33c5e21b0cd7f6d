"""An outcome on offer, before it gets its id and its slate of games."""

import msgspec

from benchmarks.matching.listings import Claim, VenueName


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """As `Listing`. `without`: games that are taken out of the slate; `doubleheader`: two of them on the day."""

    league: str
    tests: str
    venue: VenueName
    title: str
    event: str
    market: str
    question: str
    subtitle: str = ""
    market_type: str = ""
    line: float | None = None
    outcomes: tuple[str, str]
    outcome: str
    start: str = ""
    market_start: str = ""
    answer: Claim
    why: str = ""
    without: tuple[str, ...] = ()
    doubleheader: bool = False


NOTHING = Claim()


def opposite(claim: Claim) -> Claim:
    """What the other outcome says."""
    return msgspec.structs.replace(claim, pays="no" if claim.pays == "yes" else "yes")


def changed(offer: Offer, **fields: object) -> Offer:
    return msgspec.structs.replace(offer, **fields)
