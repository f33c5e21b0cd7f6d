"""The same question answered the long way: every score there can be, every price that is called fair, every ending.

Nothing here is shared with the rooms but the domain's values; where the answer is a minimum over independent things it
is a sum of minima.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from app.domain.games import Game
from app.domain.leagues import LEAGUES
from app.domain.links import Link
from app.domain.settlements import FOREVER, Payout, Terms

MOST = 4  # points of a side; lines of tests lie below
Score = tuple[int, int]
FIXED = {"half": 5_000, "win": 10_000, "lose": 0}


class Reference:
    """Smallest totals of one contract of each leg, 1/10,000 dollar. `least`: when the game is played; `tails`: of each
    ending that can be worse, by its window."""

    def __init__(self, game: Game, links: Sequence[Link]) -> None:
        self._links = links
        can_tie = links[0].proposition.scope != "game" or LEAGUES[game.league].ties
        scores = list(product(range(MOST + 1), repeat=2))
        self._scores = [score for score in scores if can_tie or score[0] != score[1]]
        self._won = [{score: _won(game, link, score) for score in self._scores} for link in links]
        self._terms = [link.terms or Terms() for link in links]
        self._due = [{score: _due(each, score) for score in self._scores} for each in self._terms]
        self._taken = [{score: self._paid(number, score) for score in self._scores} for number in range(len(links))]
        self._fair: dict[tuple[str, tuple[int, ...]], int] = {}
        self.least = self._lowest(["result"] * len(links))
        self.tails: dict[str, list[int]] = {}
        for ending, courses in self._endings():
            lowest = min(map(self._lowest, courses))
            if lowest < self.least:
                self.tails.setdefault(ending, []).append(lowest)

    @property
    def worst(self) -> int:
        return min([self.least, *(total for totals in self.tails.values() for total in totals)])

    def _endings(self) -> Iterator[tuple[str, list[list[Payout]]]]:
        for window in sorted({each.window or 0 for each in self._terms} - {FOREVER}):
            is_late = [(each.window or 0) <= window for each in self._terms]
            yield (
                "late",
                [[each.late or "lose" if late else "result" for each, late in zip(self._terms, is_late, strict=True)]],
            )
        yield "cancelled", [[each.cancelled or "lose" for each in self._terms]]
        yield "abandoned", list(self._abandoned())

    def _abandoned(self) -> Iterator[list[Payout]]:
        """Markets of one event with one rule are decided together, by whatever is paid to YES."""
        rules = [(link.venue, link.event_id, _to_yes(link)) for link in self._links]
        kinds = sorted(set(rules))
        for choice in product(*(range(len(payouts)) for _, _, payouts in kinds)):
            chosen = dict(zip(kinds, choice, strict=True))
            yield [each.abandoned[chosen[rule]] for each, rule in zip(self._terms, rules, strict=True)]

    def _lowest(self, payouts: Sequence[Payout]) -> int:
        """By the worst score, and for each venue that sets a fair price by the worst that it could take it for."""
        if "result" not in payouts:  # no score makes a difference
            return self._at(payouts, self._scores[0])
        return min(self._at(payouts, score) for score in self._scores)

    def _at(self, payouts: Sequence[Payout], score: Score) -> int:
        total = 0
        fair: dict[str, list[int]] = {}
        for number, payout in enumerate(payouts):
            due = self._due[number][score] if payout == "result" else payout
            if due == "fair":
                fair.setdefault(self._links[number].venue, []).append(number)
            else:
                total += FIXED[due] if due in FIXED else self._won[number][score]
        return total + sum(self._lowest_fair(venue, tuple(numbers)) for venue, numbers in fair.items())

    def _lowest_fair(self, venue: str, numbers: tuple[int, ...]) -> int:
        if (venue, numbers) not in self._fair:
            own = [number for number, link in enumerate(self._links) if link.venue == venue]
            usable = [score for score in self._scores if all(self._due[one][score] != "fair" for one in own)]
            totals = (sum(self._taken[number][score] for number in numbers) for score in usable)
            self._fair[venue, numbers] = min(totals)
        return self._fair[venue, numbers]

    def _paid(self, number: int, score: Score) -> int:
        due = self._due[number][score]
        return FIXED[due] if due in FIXED else self._won[number][score]


def _due(terms: Terms, score: Score) -> Payout:
    return (terms.tie or "lose") if score[0] == score[1] else "result"


def _to_yes(link: Link) -> tuple[Payout, ...]:
    other: dict[Payout, Payout] = {"win": "lose", "lose": "win"}
    paid = () if link.terms is None else link.terms.abandoned
    return tuple(other.get(each, each) for each in paid) if link.outcome == "No" else paid


def _won(game: Game, link: Link, score: Score) -> int:
    """Whether the proposition has come true, by the words that define it."""
    said = link.proposition
    own, other = score if said.team_id == game.home.id else score[::-1]
    line = 0.0 if said.line is None else said.line / 2
    truth = {
        "moneyline": own > other,
        "draw": score[0] == score[1],
        "spread": own + line > other,
        "total": sum(score) > line,
        "team_total": own > line,
        "both_to_score": min(score) > 0,
    }[said.kind]
    return 10_000 if truth == (link.polarity == "yes") else 0
