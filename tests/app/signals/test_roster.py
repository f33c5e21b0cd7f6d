"""What each detector puts together, and that each one is listed."""

from collections import Counter
from pathlib import Path

import pytest

import app.signals.roster
from app.domain.games import Game
from app.domain.links import Link
from app.domain.signals import Estimate
from app.signals.claims import claim_of
from app.signals.combinations import Combination, Side
from app.signals.fair_value import chance_of
from app.signals.offers import Offered
from app.signals.roster import ROSTER
from tests.app.pipeline.cores import a_game, both_winners, links_of, total, winner

NBA, EPL = a_game(), a_game(league="epl")
ESTIMATE = Estimate(0.5, "espn", (0, 0, 1, "live"), 0.3)


def offered(game: Game, links: tuple[Link, ...], estimate: Estimate | None = None) -> Offered:
    sides = []
    for link in links:
        assert link.polarity is not None
        assert link.contract_id is not None
        claim = claim_of(game, link.proposition, link.polarity)
        assert claim is not None
        sides.append(Side(link, link.contract_id, claim))
    return Offered(game, tuple(sides), estimate)


def names(found: list[Combination]) -> set[str]:
    return {" + ".join(side.contract_id.split(":", 1)[1] for side in made.sides) for made in found}


def soccer() -> tuple[Link, ...]:
    return tuple(
        link
        for venue in ("kalshi", "polymarket")
        for side in ("BOS", "draw", "LAL")
        for link in links_of(venue, f"{venue[0]}{side}", winner(EPL, side))
    )


def test_every_detector_is_listed_under_the_name_of_its_file() -> None:
    folder = Path(app.signals.roster.__file__).parent
    files = {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("*.py")}
    assert set(ROSTER) == {name for name, text in files.items() if f"def {name}(offered: Offered)" in text}


def test_what_a_detector_puts_together_bears_its_name() -> None:
    told = offered(EPL, soccer(), ESTIMATE)
    for name, detect in ROSTER.items():
        assert {made.detector for made in detect(told)} <= {name}


def test_four_ways_across_the_venues_and_two_within_one() -> None:
    told = offered(NBA, both_winners(NBA))
    assert names(list(ROSTER["cross_venue"](told))) == {
        "BOS:yes + 0x1:no",
        "LAL:no + 0x1:no",
        "0x1:yes + LAL:yes",
        "0x1:yes + BOS:no",
    }
    assert names(list(ROSTER["complement"](told))) == {"BOS:yes + LAL:yes", "LAL:no + BOS:no"}
    assert not list(ROSTER["dutch"](told))


def test_the_complement_of_a_home_win_is_one_token_where_there_is_a_draw() -> None:
    found = names(list(ROSTER["cross_venue"](offered(EPL, soccer()))))
    assert found == {
        *("kBOS:yes + pBOS:no", "pBOS:yes + kBOS:no"),
        *("kLAL:no + pLAL:yes", "pLAL:no + kLAL:yes"),
    }


def test_dutch_takes_each_outcome_where_it_likes() -> None:
    found = Counter(made.pays for made in ROSTER["dutch"](offered(EPL, soccer())))
    assert found == {1: 8, 2: 8}


def test_lines_make_a_middle_with_their_neighbours_alone() -> None:
    links = (
        *(link for line in (200.5, 210.5, 220.5) for link in links_of("kalshi", f"K{line}", total(NBA, line))),
        *links_of("polymarket", "P", total(NBA, 214.5)),
    )
    found = names(list(ROSTER["middle"](offered(NBA, links))))
    assert found == {
        *("K210.5:yes + P:no", "P:yes + K210.5:no", "K220.5:yes + P:no", "P:yes + K220.5:no"),
        "K200.5:yes + P:no",  # of its own neighbours P is the nearest
    }


@pytest.mark.parametrize(("side", "yes", "no"), [("BOS", 0.5, 0.5), ("draw", 0.3, 0.7), ("LAL", 0.2, 0.8)])
def test_three_outcomes_share_what_is_certain(side: str, yes: float, no: float) -> None:
    both = [claim_of(EPL, winner(EPL, side), polarity) for polarity in ("yes", "no")]
    assert [chance_of(claim, ESTIMATE) for claim in both if claim] == pytest.approx([yes, no])


def test_a_fair_value_is_of_what_the_estimate_is_of() -> None:
    sixty_minutes = links_of("kalshi", "REG", winner(EPL, "BOS"))
    assert not list(ROSTER["fair_value"](offered(NBA, sixty_minutes, ESTIMATE)))
    found = list(ROSTER["fair_value"](offered(NBA, both_winners(NBA), ESTIMATE)))
    assert len(found) == 6
    assert {len(made.witnesses) for made in found} == {1, 2}
