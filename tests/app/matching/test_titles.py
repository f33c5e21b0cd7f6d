"""What venues write for people, read row by row."""

import pytest

from app.matching.titles import LONGEST_TITLE, Matchup, Question, read_matchup, read_question

MATCHUPS = [
    ("Grizzlies vs. Lakers", ("Grizzlies", "Lakers", None)),
    ("Houston at Sacramento", ("Houston", "Sacramento", True)),
    ("Los Angeles L at Boston Winner?", ("Los Angeles L", "Boston", True)),
    ("Dallas vs New York G", ("Dallas", "New York G", None)),
    ("Missouri St. vs Texas A&M: Spread", ("Missouri St.", "Texas A&M", None)),
    ("Tampa Bay vs Seattle: Total Runs", ("Tampa Bay", "Seattle", None)),
    ("Tampa Bay vs Seattle Total Runs?", ("Tampa Bay", "Seattle", None)),
    ("Will Notre Dame win the Michigan St. vs Notre Dame college football game?", ("Michigan St.", "Notre Dame", None)),
    (
        "Golden State vs Los Angeles women's Pro Basketball game: Los Angeles wins?",
        ("Golden State", "Los Angeles", None),
    ),
    ("Grizzlies vs. Lakers: 1H O/U 123.5", ("Grizzlies", "Lakers", None)),
    ("Cincinnati Open: Jiri Lehecka vs Arthur Fils", ("Jiri Lehecka", "Arthur Fils", None)),
    ("Counter-Strike: FaZe vs illwill (BO3) - HLC Belgrade Pro Playoffs", ("FaZe", "illwill", None)),
    ("Game 5: New York at San Antonio", ("New York", "San Antonio", True)),
    ("Ball State vs Miami (OH)", ("Ball State", "Miami (OH)", None)),
    ("Miami (OH) vs Ball State", ("Miami (OH)", "Ball State", None)),
    ("Atlanta vs New York Y First 5 Innings Winner?", ("Atlanta", "New York Y", None)),
    ("Chicago at Buffalo: 1st Period Winner?", ("Chicago", "Buffalo", True)),
    ("CHI Blackhawks at BUF Sabres Winner?", ("CHI Blackhawks", "BUF Sabres", True)),
    ("Will Coco Gauff win the Korneeva vs Gauff: Round Of 16 match?", ("Korneeva", "Gauff", None)),
    ("Will Arsenal FC vs. Chelsea FC end in a draw?", ("Arsenal FC", "Chelsea FC", None)),
    ("2027 Pro Basketball Champion", None),
    ("MVP Winner?", None),
]

QUESTIONS = [
    ("Spread: Lakers (-3.5)", Question("spread", None, "Lakers", -3.5)),
    ("1H Spread: Lakers (-2.5)", Question("spread", "1h", "Lakers", -2.5)),
    ("Spread: Trail Blazers (+1.5)", Question("spread", None, "Trail Blazers", 1.5)),
    ("Indiana wins the game by over 18.5 points?", Question("spread", None, "Indiana", -18.5)),
    ("Boston wins 1H by over 3.5 points?", Question("spread", "1h", "Boston", -3.5)),
    ("Boston wins the 1st half by over 3.5 points?", Question("spread", "1h", "Boston", -3.5)),
    ("Seattle wins by over 3.5 runs", Question("spread", None, "Seattle", -3.5)),
    ("Grizzlies vs. Lakers: O/U 245.5", Question("total", None, "", 245.5)),
    ("Grizzlies vs. Lakers: 1H O/U 123.5", Question("total", "1h", "", 123.5)),
    ("Over 180.5 points scored", Question("total", None, "", 180.5, "over")),
    ("Tampa Bay vs Seattle Total Runs?", Question("total")),
    ("Grizzlies vs. Lakers", Question("moneyline")),
    ("Grizzlies vs. Lakers: 1H Moneyline", Question("moneyline", "1h")),
    ("Houston vs San Diego Winner?", Question("moneyline")),
    (
        "Will Notre Dame win the Michigan St. vs Notre Dame college football game?",
        Question("moneyline", None, "Notre Dame"),
    ),
    (
        "Golden State vs Los Angeles women's Pro Basketball game: Los Angeles wins?",
        Question("moneyline", None, "Los Angeles"),
    ),
    ("Golden State at San Antonio: Golden State wins the first half?", Question("moneyline", "1h", "Golden State")),
    ("Will Arsenal FC win on 2026-10-10?", Question("moneyline", None, "Arsenal FC")),
    ("Will Arsenal FC vs. Chelsea FC end in a draw?", Question("draw")),
    ("Tie", Question("draw")),
    ("Arsenal vs Chelsea: Both Teams to Score", Question("both_to_score")),
    ("Jaren Jackson Jr.: Assists Over 2.5", Question(is_prop=True)),
    ("Anthony Kay: 2+ strikeouts?", Question(is_prop=True)),
    ("Lakers: Team Total O/U 112.5", Question("team_total", None, "Lakers", 112.5)),
    ("Bills 1H Team Total: O/U 6.5", Question("team_total", "1h", "Bills", 6.5)),
    ("Boston Team Total Points Over 112.5", Question("team_total", None, "Boston", 112.5, "over")),
    ("Baltimore over 1.5 runs scored", Question("team_total", None, "Baltimore", 1.5, "over")),
    ("Denver over 6.5 1H points scored", Question("team_total", "1h", "Denver", 6.5, "over")),
    ("Full Game: over 37.5 points scored", Question("total", None, "", 37.5, "over")),
    ("LA Rams wins 1H by over 20.5 points", Question("spread", "1h", "LA Rams", -20.5)),
    ("Lions vs. Bills: 2Q Moneyline", Question("moneyline", "q2")),
    ("Lions vs. Bills: 1Q O/U 10.5", Question("total", "q1", "", 10.5)),
    ("Denver wins 1st Half", Question("moneyline", "1h", "Denver")),
    ("Tie 1st Half", Question("draw", "1h")),
    ("Seattle leading at halftime?", Question("moneyline", "1h", "Seattle")),
    ("Will Atlanta win the first five innings?", Question("moneyline", "f5", "Atlanta")),
    ("Missouri St. vs Texas A&M: First Half Spread", Question("spread", "1h")),
    ("UConn at Duke: 2nd Half Total", Question("total", "2h")),
    ("Boston at New York: Team Total", Question("team_total")),
    ("Lehecka vs. Fils: Set 2 Games O/U 9.5", Question("total", "s2", "", 9.5)),
    ("Will Coco Gauff win the Korneeva vs Gauff: Round Of 16 match?", Question("moneyline", None, "Coco Gauff")),
    ("Arsenal vs Chelsea: First Half Both Teams to Score", Question("both_to_score", "1h")),
    ("Lions vs. Bills: Both Teams to Score 10+ Points", Question(is_prop=True)),
    ("Exact Margin: Bills by 7-13", Question(is_prop=True)),
    ("Will there be a run in the first inning?", Question(is_prop=True)),
    ("Will Jones vs Aspinall go the distance?", Question(is_prop=True)),
    ("LoL: T1 vs Gen.G - Game 1 Winner", Question(is_prop=True)),
    ("Map Handicap: FaZe (-1.5) vs illwill (+1.5)", Question(is_prop=True)),
    ("Set Handicap: Fils (-1.5) vs Lehecka (+1.5)", Question(is_prop=True)),
    ("Jiri Lehecka vs. Arthur Fils: Total Sets O/U 2.5", Question(is_prop=True)),
]


@pytest.mark.parametrize(("title", "sides"), MATCHUPS)
def test_a_matchup_names_both_sides(title: str, sides: tuple[str, str, bool | None] | None) -> None:
    assert read_matchup(title) == (Matchup(*sides) if sides else None)


@pytest.mark.parametrize(("text", "question"), QUESTIONS)
def test_a_question_says_only_what_is_written(text: str, question: Question) -> None:
    assert read_question(text) == question


def test_a_text_too_long_for_a_title_is_not_read() -> None:
    title = "Celtics vs Lakers" + " vs Lakers" * LONGEST_TITLE
    assert read_matchup(title) is None
    assert read_question(title).is_unclear
