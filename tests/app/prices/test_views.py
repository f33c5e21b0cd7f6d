"""What prices say of a game: implied by each contract, and without the venues' margin."""

import pytest

from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import price, size
from app.domain.prices import SECOND, Doubt, Nanos, Quote
from app.domain.propositions import Kind
from app.domain.views import GameView, NoVig
from app.prices.views import arrange, implied, view_of
from tests.app.hot.samples import ARSENAL, ARSENAL_GAME, BOSTON, CELTICS_GAME, EVERTON, KALSHI, LAKERS, POLYMARKET, link

NOW, FRESH = Nanos(1_786_000_000 * SECOND), 2 * SECOND


def quote(text: str, *, doubt: Doubt | None = None, age: float = 0.0, contract: str = "c") -> Quote:
    """`0.53/0.55`; a dash for an empty side."""
    bid, ask = (None if side == "-" else price(side) for side in text.split("/"))
    at = Nanos(NOW - round(age * SECOND))
    return Quote(ContractId(contract), bid, size("10"), ask, size("10"), at, at, at, doubt=doubt)


@pytest.mark.parametrize(
    ("told", "doubt", "probability"),
    [
        ("0.53/0.55", None, 0.54),
        ("0.50/0.60", None, 0.55),
        ("0.50/0.61", None, None),  # too wide to be anybody's opinion
        ("-/0.01", None, None),
        ("0.99/-", None, None),
        ("0.53/0.55", "gap", None),
        ("0.55/0.53", None, None),
    ],
)
def test_the_middle_is_the_probability_that_a_contract_pays(
    told: str, doubt: Doubt | None, probability: float | None
) -> None:
    assert implied(quote(told, doubt=doubt)) == probability


MONEY: Kind = "moneyline"
K_HOME, K_HOME_NO, K_AWAY = "kalshi:BOS:yes", "kalshi:BOS:no", "kalshi:LAL:yes"
P_HOME, P_AWAY = "polymarket:0xg:home", "polymarket:0xg:away"
LINKS = [
    link(KALSHI, "BOS"),
    link(KALSHI, "BOS", outcome="no", polarity="no"),
    link(KALSHI, "LAL", team=LAKERS),
    link(POLYMARKET, "0xg", outcome="home"),
    link(POLYMARKET, "0xg", outcome="away", team=LAKERS),
]


def viewed(quotes: dict[str, Quote], links: list[Link] = LINKS) -> GameView:
    return view_of(CELTICS_GAME, arrange(CELTICS_GAME, links), lambda each: quotes.get(each), NOW, FRESH)


def no_vig(quotes: dict[str, Quote], links: list[Link] = LINKS) -> NoVig | None:
    """Of the home side's win."""
    return viewed(quotes, links).propositions[0].no_vig


def test_a_propositions_contracts_stand_side_by_side_those_that_pay_if_it_is_true_first() -> None:
    home, away = viewed({K_HOME: quote("0.53/0.55"), P_HOME: quote("0.52/0.54")}).propositions
    assert (home.proposition.team_id, away.proposition.team_id) == (BOSTON.id, LAKERS.id)
    assert [(each.contract_id, each.polarity, each.implied) for each in home.contracts] == [
        (K_HOME, "yes", 0.54),
        (P_HOME, "yes", 0.53),
        (K_HOME_NO, "no", None),
    ]
    assert [each.contract_id for each in away.contracts] == [K_AWAY, P_AWAY]


def test_rejected_links_and_events_without_markets_are_not_shown() -> None:
    assert viewed({}, [link(KALSHI, "BOS", verdict="rejected"), link(KALSHI, None)]).propositions == ()


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        ({}, None),
        ({K_HOME: quote("0.53/0.55")}, NoVig(0.54, "mid", (K_HOME,), 0.02)),
        ({K_HOME_NO: quote("0.45/0.47")}, NoVig(0.54, "mid", (K_HOME_NO,), 0.02)),
        ({K_HOME: quote("0.53/0.55", age=3)}, None),  # stale
        ({K_HOME: quote("0.53/0.55", doubt="silence")}, None),
        ({K_HOME: quote("0.50/0.54"), K_HOME_NO: quote("0.45/0.46")}, NoVig(0.545, "mid", (K_HOME_NO,), 0.01)),
        (
            {K_HOME: quote("0.56/0.58"), K_AWAY: quote("0.46/0.48")},  # 1.04 in all
            NoVig(round(0.57 / 1.04, 6), "proportional", (K_HOME, K_AWAY), 0.02),
        ),
        (
            {K_HOME: quote("0.56/0.58"), P_HOME: quote("0.49/0.51"), P_AWAY: quote("0.49/0.51")},
            NoVig(0.5, "proportional", (P_HOME, P_AWAY), 0.02),  # Kalshi has but one side
        ),
        (
            {K_HOME: quote("0.50/0.54"), P_HOME: quote("0.55/0.56")},  # 4 cents and 1 cent wide
            NoVig(round((0.52 / 400 + 0.555 / 100) / (1 / 400 + 1 / 100), 6), "mid", (K_HOME, P_HOME), 0.01),
        ),
        (
            {K_HOME: quote("0.50/0.51"), P_HOME: quote("0.5555/0.5565")},  # a tenth of a cent weighs as one cent
            NoVig(round((0.505 + 0.556) / 2, 6), "mid", (K_HOME, P_HOME), 0.001),
        ),
    ],
)
def test_the_margin_is_taken_out(quotes: dict[str, Quote], expected: NoVig | None) -> None:
    assert no_vig(quotes) == expected


def test_three_ways_make_one_where_a_draw_is_an_outcome() -> None:
    links = [
        link(KALSHI, "ARS", game=ARSENAL_GAME, scope="regulation", team=ARSENAL),
        link(KALSHI, "EVE", game=ARSENAL_GAME, scope="regulation", team=EVERTON),
        link(KALSHI, "TIE", "draw", game=ARSENAL_GAME, scope="regulation", team=None),
    ]
    quotes = {
        "kalshi:ARS:yes": quote("0.50/0.52"),
        "kalshi:EVE:yes": quote("0.24/0.26"),
        "kalshi:TIE:yes": quote("0.27/0.29"),
    }
    view = view_of(ARSENAL_GAME, arrange(ARSENAL_GAME, links), lambda each: quotes.get(each), NOW, FRESH)
    told = [each.no_vig for each in view.propositions]
    assert [each and each.probability for each in told] == [round(p / 1.04, 6) for p in (0.51, 0.25, 0.28)]
    assert {each.method for each in told if each} == {"proportional"}
    del quotes["kalshi:TIE:yes"]
    view = view_of(ARSENAL_GAME, arrange(ARSENAL_GAME, links), lambda each: quotes.get(each), NOW, FRESH)
    assert [each.no_vig and each.no_vig.method for each in view.propositions] == ["mid", "mid", None]


def test_lines_stand_for_themselves() -> None:
    links = [
        link(KALSHI, "SPR", "spread", points=-3.5),
        link(POLYMARKET, "0xs", "spread", points=-3.5),
        link(POLYMARKET, "0xt", "total", points=220.5, team=None, outcome="over"),
    ]
    quotes = {
        "kalshi:SPR:yes": quote("0.40/0.42"),
        "polymarket:0xs:yes": quote("0.42/0.44"),
        "polymarket:0xt:over": quote("0.5/0.52"),
    }
    view = view_of(CELTICS_GAME, arrange(CELTICS_GAME, links), lambda each: quotes.get(each), NOW, FRESH)
    assert [each.no_vig and each.no_vig.probability for each in view.propositions] == [0.42, 0.51]
