import pytest

from app.domain.propositions import HalfPoints, Proposition
from app.domain.teams import TeamId
from app.signals.claims import Claim, Number, claim_of
from tests.app.pipeline.cores import a_game, total, winner

NBA, EPL = a_game(), a_game(league="epl")
HOME, AWAY, OTHER = TeamId("nba:BOS"), TeamId("nba:LAL"), TeamId("nba:NYK")
WINNER, REGULATION, MARGIN = Number("winner", "game"), Number("winner", "regulation"), Number("margin", "game")


def spread(team_id: TeamId, line: float) -> Proposition:
    return Proposition(NBA.id, "spread", "game", HalfPoints(round(line * 2)), team_id)


@pytest.mark.parametrize(
    ("said", "yes"),
    [
        (winner(NBA, "BOS"), Claim(WINNER, 1, True)),
        (winner(NBA, "LAL"), Claim(WINNER, 1, False)),  # nobody else can win
        (spread(HOME, -3.5), Claim(MARGIN, 7, True)),
        (spread(AWAY, -3.5), Claim(MARGIN, -7, False)),
        (total(NBA, 210.5), Claim(Number("total", "game"), 421, True)),
        (
            Proposition(NBA.id, "team_total", "game", HalfPoints(211), HOME),
            Claim(Number("team_total", "game", HOME), 211, True),
        ),
        (Proposition(NBA.id, "both_to_score", "game"), Claim(Number("both_to_score", "game"), 1, True)),
    ],
)
def test_a_contract_says_above_or_below(said: Proposition, yes: Claim) -> None:
    assert claim_of(NBA, said, "yes") == yes
    assert claim_of(NBA, said, "no") == yes._replace(is_above=not yes.is_above)


@pytest.mark.parametrize(
    ("side", "yes", "no"),
    [
        ("BOS", Claim(REGULATION, 1, True), Claim(REGULATION, 1, False)),
        ("LAL", Claim(REGULATION, -1, False), Claim(REGULATION, -1, True)),
        ("draw", Claim(REGULATION, 0, None), Claim(REGULATION, 0, None, is_outside=True)),
    ],
)
def test_where_there_is_a_draw_the_rivals_are_not_opposites(side: str, yes: Claim, no: Claim) -> None:
    assert (claim_of(EPL, winner(EPL, side), "yes"), claim_of(EPL, winner(EPL, side), "no")) == (yes, no)


def test_a_half_can_end_level_wherever_it_is_played() -> None:
    said = Proposition(NBA.id, "moneyline", "1h", None, AWAY)
    assert claim_of(NBA, said, "yes") == Claim(Number("winner", "1h"), -1, False)


@pytest.mark.parametrize("said", [spread(OTHER, -3.5), Proposition(NBA.id, "moneyline", "game", None, OTHER)])
def test_a_team_that_does_not_play_claims_nothing(said: Proposition) -> None:
    assert claim_of(NBA, said, "yes") is None
