"""Linkers of listings: ours, the way most bots do it, anybody's URL and anybody's callable."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from benchmarks.matching.crosscourt_links import link_listing
from benchmarks.matching.doors import ask_listings, question_of
from benchmarks.matching.fuzzy_links import link_by_likeness
from benchmarks.matching.listings import Claim, Listing
from benchmarks.matching.matchers import find_callable


class Linker(NamedTuple):
    """A name for the table, and how to ask."""

    name: str
    ask: Callable[[Sequence[Listing]], list[Claim]]


def find_linker(spec: str, key: str = "") -> Linker:
    """`crosscourt`, `likeness`, a URL to post listings to, or `module:callable`, which takes the listing as a dict
    without its answer and gives a claim as a dict, or None to leave it out. Raises ValueError for anything else."""
    if spec == "crosscourt":
        return Linker("Crosscourt", lambda listings: [link_listing(listing) for listing in listings])
    if spec == "likeness":
        return Linker("title likeness and nearest start", lambda listings: [*map(link_by_likeness, listings)])
    if spec.startswith(("http://", "https://")):
        return Linker(spec, lambda listings: ask_listings(spec, listings, key))
    call = find_callable(spec)
    return Linker(spec, lambda listings: [msgspec.convert(call(question_of(each)) or {}, Claim) for each in listings])
