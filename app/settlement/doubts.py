"""What is not known of a contract's rules, in words for people."""

from collections.abc import Iterator

from app.domain.links import Link


def doubts_of(link: Link) -> Iterator[str]:
    """Everything that keeps its payoff from being known; nothing when it is."""
    terms, who = link.terms, f"{link.venue} {link.market_id} {link.outcome}".rstrip()
    if terms is None:
        yield f"{who}: its rules were not read"
        return
    if terms.missing:
        yield f"{who}: nobody knows {', '.join(terms.missing)}"
    yield from (f"{who}: not understood: {sentence}" for sentence in terms.unread)
    counts = link.proposition.scope == "game"
    if terms.overtime not in (None, counts) and not terms.unread:  # else it is among what is not understood
        said = "counts overtime" if terms.overtime else "does not count overtime"
        yield f"{who}: it is about {link.proposition.scope} and {said}"
