"""`python -m benchmarks.matching`: the tables of matchers and linkers. `--matcher` and `--linker` score yours alone."""

import argparse
import sys
from collections.abc import Iterable, Sequence

import httpx
import msgspec

from benchmarks.matching.costs import Costs
from benchmarks.matching.linkers import Linker, find_linker
from benchmarks.matching.listings import read_listings
from benchmarks.matching.matchers import Matcher, find_matcher, references
from benchmarks.matching.pairs import HERE, read_pairs
from benchmarks.matching.scores import LinkScores, PairScores, score_links, score_pairs


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, or one JSON object a row with `--json`."""
    given = _parser().parse_args(arguments)
    costs = Costs(given.stake, given.edge, given.price)
    try:
        matchers = [find_matcher(spec, given.key) for spec in given.matcher]
        linkers = [find_linker(spec, given.key) for spec in given.linker]
    except (ValueError, ImportError) as error:
        sys.exit(str(error))
    if not matchers and not linkers:
        matchers = [find_matcher("crosscourt"), *references()]
        linkers = [find_linker("crosscourt"), find_linker("likeness")]
    try:
        matched, linked = _score_matchers(matchers, costs), _score_linkers(linkers, costs)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        sys.exit(f"no answer that can be scored: {error}")
    if given.json:
        for row in (*matched, *linked):
            print(msgspec.json.encode(row).decode())
        return
    print(f"version {(HERE / 'VERSION').read_text().strip()}")
    print(_table(("matcher", "precision", "recall", "wrong pairs", "cost per 1,000"), map(_pair_row, matched)))
    head = ("linker", "precision", "recall", "wrong links", "inverted", "cost per 1,000")
    print(_table(head, map(_link_row, linked)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    matchers = "a URL, module:callable, crosscourt, rapidfuzz:WRatio[@85] or exact"
    parser.add_argument("--matcher", action="append", default=[], help=matchers)
    linkers = "a URL, module:callable, crosscourt or likeness"
    parser.add_argument("--linker", action="append", default=[], help=linkers)
    parser.add_argument("--key", default="", help="sent to URLs as X-API-Key")
    parser.add_argument("--stake", type=float, default=Costs().stake, help="dollars a pair")
    parser.add_argument("--edge", type=float, default=Costs().edge, help="of the stake, what a right pair earns")
    parser.add_argument("--price", type=float, default=Costs().price, help="of the first leg, between 0 and 1")
    parser.add_argument("--json", action="store_true", help="one JSON object a row, with shares by kind")
    return parser


def _score_matchers(matchers: Sequence[Matcher], costs: Costs) -> list[PairScores]:
    pairs = read_pairs()
    return [score_pairs(matcher.name, pairs, matcher.ask(pairs), costs) for matcher in matchers]


def _score_linkers(linkers: Sequence[Linker], costs: Costs) -> list[LinkScores]:
    listings = read_listings()
    return [score_links(linker.name, listings, linker.ask(listings), costs) for linker in linkers]


def _pair_row(scores: PairScores) -> tuple[str, ...]:
    shares = _shares(scores.matcher, scores.precision, scores.recall)
    return (*shares, f"{scores.wrong:,}", _dollars(scores.cost_per_1000))


def _link_row(scores: LinkScores) -> tuple[str, ...]:
    counted = (f"{scores.wrong:,}", f"{scores.mistakes['inverted']:,}")
    return (*_shares(scores.linker, scores.precision, scores.recall), *counted, _dollars(scores.cost_per_1000))


def _shares(name: str, precision: float, recall: float) -> tuple[str, str, str]:
    return name, f"{precision:.3f}", f"{recall:.3f}"


def _dollars(amount: float) -> str:
    return f"${amount:,.0f}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Markdown, so that it can stand in a README as it is."""
    lines = [*rows]
    if not lines:
        return ""
    ruler = ("---", *("---:" for _ in head[1:]))
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ruler, *lines)) + "\n"


if __name__ == "__main__":
    main()
