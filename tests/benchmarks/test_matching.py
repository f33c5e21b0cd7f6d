"""The open benchmark: its data is what it says, and its scorer says what is true."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from app.domain.leagues import find_league
from benchmarks.matching.__main__ import main
from benchmarks.matching.costs import Costs
from benchmarks.matching.doors import ask_listings
from benchmarks.matching.linkers import find_linker
from benchmarks.matching.listings import Claim, Listing, read_listings
from benchmarks.matching.matchers import THRESHOLDS, Verdict, find_matcher, references, verdict_of
from benchmarks.matching.offers import opposite
from benchmarks.matching.pairs import Pair, make_pairs, read_pairs
from benchmarks.matching.scores import mistake, score_links, score_pairs
from benchmarks.matching.slates import make_listings

PAIRS = read_pairs()
LISTINGS = read_listings()
COSTS = Costs()


def oracle(pairs: Sequence[Pair]) -> list[Verdict]:
    return [pair.same for pair in pairs]


def always(a: str, b: str, sport: str) -> tuple[bool, float]:
    """A matcher that calls everything one and the same."""
    assert a
    assert b
    assert sport
    return True, 0.9


def never(listing: dict[str, object]) -> None:
    """A linker that leaves everything out."""
    assert {"answer", "tests", "why"}.isdisjoint(listing)


def test_the_data_is_what_the_facts_give() -> None:
    assert make_pairs() == PAIRS
    assert make_listings() == LISTINGS


def test_there_is_enough_of_it() -> None:
    assert len(PAIRS) >= 2_000
    assert len(LISTINGS) >= 500
    assert len({pair.id for pair in PAIRS}) == len(PAIRS)
    assert len({listing.id for listing in LISTINGS}) == len(LISTINGS)


def test_no_two_names_are_labelled_twice() -> None:
    asked = Counter((pair.sport, *sorted((pair.a, pair.b))) for pair in PAIRS)
    assert [names for names, count in asked.items() if count > 1] == []
    assert [pair for pair in PAIRS if pair.a == pair.b] == []


def test_every_sport_is_known_and_hard_negatives_are_many() -> None:
    assert all(find_league(pair.sport) for pair in PAIRS)
    assert sum(not pair.same for pair in PAIRS) >= 0.4 * len(PAIRS)


def test_every_answer_is_on_its_slate() -> None:
    for listing in LISTINGS:
        games = {game.id: game for game in listing.games}
        assert len(games) == len(listing.games), listing.id
        assert listing.outcome in listing.outcomes, listing.id
        if listing.answer.game is not None:
            game = games[listing.answer.game]
            assert listing.answer.team in ("", game.home, game.away), listing.id


def test_two_outcomes_of_one_market_never_pay_alike() -> None:
    by_market: dict[str, dict[str, Claim]] = {}
    for each in LISTINGS:
        if each.answer.game is not None:
            asked = (each.tests, each.market, each.question, sorted(each.outcomes), each.start)
            by_market.setdefault(repr(asked), {})[each.outcome] = each.answer
    both = [tuple(claims.values()) for claims in by_market.values() if len(claims) == 2]
    assert len(both) > 100
    assert [(one, other) for one, other in both if one == other] == []


def test_an_oracle_is_right_and_costs_nothing() -> None:
    scores = score_pairs("oracle", PAIRS, oracle(PAIRS), COSTS)
    assert (scores.precision, scores.recall, scores.accuracy, scores.cost_per_1000) == (1.0, 1.0, 1.0, 0.0)
    assert set(scores.by_kind.values()) == {1.0}
    linked = score_links("oracle", LISTINGS, [listing.answer for listing in LISTINGS], COSTS)
    assert (linked.precision, linked.recall, linked.wrong, linked.cost_per_1000) == (1.0, 1.0, 0, 0.0)


def test_who_always_agrees_pays_for_every_wrong_pair() -> None:
    matcher = find_matcher("tests.benchmarks.test_matching:always")
    scores = score_pairs("always", PAIRS, matcher.ask(PAIRS), COSTS)
    wrong = sum(not pair.same for pair in PAIRS)
    assert (scores.recall, scores.wrong, scores.abstained) == (1.0, wrong, 0)
    assert scores.precision == round(1 - wrong / len(PAIRS), 4)
    assert scores.cost_per_1000 == round(1_000 * wrong * 25 / len(PAIRS), 2)


def test_who_says_nothing_misses_all_and_is_never_wrong() -> None:
    scores = score_pairs("mute", PAIRS, [None] * len(PAIRS), COSTS)
    assert (scores.precision, scores.recall, scores.wrong, scores.abstained) == (0.0, 0.0, 0, len(PAIRS))
    linker = find_linker("tests.benchmarks.test_matching:never")
    linked = score_links("mute", LISTINGS, linker.ask(LISTINGS), COSTS)
    assert (linked.wrong, linked.missed) == (0, sum(listing.answer.game is not None for listing in LISTINGS))


def test_a_denial_no_better_than_a_coin_toss_is_an_abstention() -> None:
    said = (True, False, (True, 0.1), (False, 0.51), (False, 0.5), None)
    assert [verdict_of(each) for each in said] == [True, False, True, False, None, None]


def test_costs_follow_the_formula() -> None:
    costs = Costs(stake=200, edge=0.03, price=0.4)
    assert (costs.wrong, costs.inverted, costs.missed) == pytest.approx((48, 120, 6))
    assert costs.per_1000(asked=500, wrong=1, missed=2, inverted=3) == pytest.approx(2 * (48 + 12 + 360))


SPREAD = next(each for each in LISTINGS if each.answer.kind == "spread" and each.league == "nba")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ""),
        ({"line": -9.5}, "other_question"),
        ({"period": "1h"}, "other_question"),
        ({"game": "next_day"}, "other_game"),
        ({"game": None}, "missed"),
    ],
)
def test_mistakes_are_told_apart(change: dict[str, object], expected: str) -> None:
    assert mistake(SPREAD, msgspec.structs.replace(SPREAD.answer, **change)) == expected


def test_the_other_outcome_is_an_inverted_link() -> None:
    assert mistake(SPREAD, opposite(SPREAD.answer)) == "inverted"


def test_points_of_the_other_team_are_another_question() -> None:
    asked = next(each for each in LISTINGS if each.answer.kind == "team_total")
    game = next(game for game in asked.games if game.id == asked.answer.game)
    other = game.home if asked.answer.team == game.away else game.away
    assert mistake(asked, msgspec.structs.replace(asked.answer, team=other)) == "other_question"
    assert mistake(asked, opposite(asked.answer)) == "inverted"


def test_a_team_that_does_not_play_is_nobody() -> None:
    truth = SPREAD.answer
    assert truth.line is not None
    assert mistake(SPREAD, opposite(Claim(truth.game, "spread", truth.period, "Nobody", -truth.line, truth.pays)))


def test_a_spread_may_be_put_from_either_side() -> None:
    truth = SPREAD.answer
    game = next(game for game in SPREAD.games if game.id == truth.game)
    assert truth.line is not None
    other = game.home if truth.team == game.away else game.away
    turned = opposite(Claim(truth.game, "spread", truth.period, other, -truth.line, truth.pays))
    assert mistake(SPREAD, turned) == ""


def test_in_a_league_with_ties_not_winning_is_not_the_others_win() -> None:
    lost = next(each for each in LISTINGS if each.tests == "winner_no" and each.league == "epl")
    game = next(game for game in lost.games if game.id == lost.answer.game)
    other = game.home if lost.answer.team == game.away else game.away
    assert mistake(lost, Claim(game.id, "moneyline", "regulation", other)) == "inverted"


def test_rapidfuzz_at_its_best_has_no_worse_f1_than_at_the_usual_thresholds() -> None:
    scored = {each.name: score_pairs(each.name, PAIRS[:600], each.ask(PAIRS[:600]), COSTS) for each in references()}
    for threshold in THRESHOLDS:
        assert scored["RapidFuzz WRatio, best"].f1 >= scored[f"RapidFuzz WRatio ≥ {threshold}"].f1


@pytest.mark.parametrize("spec", ["rapidfuzz:nothing", "nonsense", "benchmarks.matching.pairs:PAIRS"])
def test_what_is_no_matcher_is_refused(spec: str) -> None:
    with pytest.raises((ValueError, ImportError)):
        find_matcher(spec)


@pytest.mark.parametrize("spec", ["crosscourt", "likeness"])
def test_linkers_of_ours_answer_each_listing(spec: str) -> None:
    some = LISTINGS[::40]
    claims = find_linker(spec).ask(some)
    assert len(claims) == len(some)
    assert any(claim.game for claim in claims)


def test_one_command_prints_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--matcher", "exact", "--linker", "tests.benchmarks.test_matching:never"])
    printed = capsys.readouterr().out
    assert "| equal in lower case | 1.000 |" in printed
    assert "| tests.benchmarks.test_matching:never | 0.000 | 0.000 | 0 | 0 |" in printed
    main(["--matcher", "exact", "--json"])
    assert json.loads(capsys.readouterr().out)["matcher"] == "equal in lower case"


class Matcher(BaseHTTPRequestHandler):
    """Somebody's matcher behind a URL: names that are equal in lower case are one team, listings are left out."""

    has_batch = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/match/batch" and self.has_batch:
            self._answer({"entries": [{"answer": self._verdict(pair)} for pair in body["pairs"]]})
        elif self.path == "/match":
            self._answer(self._verdict(body))
        elif self.path == "/links":
            self._answer(None if "answer" not in body else {"game": "told"})
        else:
            self.send_error(404)

    def _verdict(self, pair: dict[str, str]) -> dict[str, object]:
        assert self.headers["X-API-Key"] == "secret"
        return {"is_match": pair["target"].lower() == pair["candidate"].lower(), "confidence": 0.9}

    def _answer(self, said: object) -> None:
        written = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


class MatcherOfPairs(Matcher):
    """One that answers a pair at a time."""

    has_batch = False


@pytest.fixture(params=[Matcher, MatcherOfPairs])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), request.param)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_matcher_behind_a_url_is_asked_in_batches_or_one_by_one(url: str) -> None:
    some = PAIRS[:40]
    assert find_matcher(f"{url}/match", "secret").ask(some) == find_matcher("exact").ask(some)


def test_a_host_alone_is_asked_as_crosscourt_is(url: str) -> None:
    some = PAIRS[:40]
    assert find_matcher(url, "secret").ask(some) == find_matcher(f"{url}/match/", "secret").ask(some)


@pytest.mark.parametrize("option", ["--matcher", "--linker"])
def test_who_does_not_answer_is_named(url: str, option: str) -> None:
    with pytest.raises(SystemExit, match=r"no answer that can be scored.*404"):
        main([option, f"{url}/elsewhere"])
    with pytest.raises(SystemExit, match="no answer that can be scored"):
        main([option, "http://127.0.0.1:1"])


def test_a_linker_behind_a_url_is_not_told_the_answer(url: str) -> None:
    some: list[Listing] = LISTINGS[:5]
    assert ask_listings(f"{url}/links", some) == [Claim()] * 5
