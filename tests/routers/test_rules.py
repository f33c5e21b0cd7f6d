"""What texts mean: cards to read, texts that wait for a person, approvals that count for one text alone."""

from typing import Any

import msgspec
import pytest

from app.domain.leagues import LEAGUES
from app.domain.links import Link
from app.domain.markets import Event, EventId, Market, MarketId, Outcome, rules_hash
from app.domain.settlements import Approval
from app.history.approvals import list_approvals
from app.settlement import approved_terms, terms_of
from tests.app.hot.samples import CELTICS_GAME, KALSHI, NOW, POLYMARKET, link
from tests.routers.houses import House

SILENT = (
    "If Boston wins the Los Angeles vs Boston professional basketball game originally scheduled for Jan 10, 2026, then "
    "the market resolves to Yes."
)
STRANGE = 'If Boston wins, this market will resolve to "Yes". If it rains, this market will resolve to "No".'
KNOWN = (
    "In the upcoming NBA game, scheduled for January 10 at 8:30PM ET:\n"
    'If the Celtics win, the market will resolve to "Celtics".\nIf the Lakers win, the market will resolve to "Lakers".'
)
WHOLE = {"window": 48, "late": "fair", "cancelled": "fair"}


def ruled(venue: str, market: str, rules: str, outcome: str, **more: Any) -> Link:
    """A link as a search leaves it: with the hash of its text and what that says."""
    made = msgspec.structs.replace(
        link(KALSHI if venue == "kalshi" else POLYMARKET, market, outcome=outcome, **more), rules_hash=rules_hash(rules)
    )
    return msgspec.structs.replace(made, terms=terms_of(made, rules, LEAGUES[CELTICS_GAME.league]))


async def listed(house: House, *links: Link, texts: tuple[str, ...] = ()) -> None:
    """These links and no others, and their texts as history keeps them."""
    await house.hot.save_games([CELTICS_GAME])
    await house.hot.save_links(CELTICS_GAME.id, list(links))
    markets = tuple(
        Market(
            venue=KALSHI,
            event_id=EventId("event"),
            id=MarketId(f"M{number}"),
            title="",
            outcomes=(Outcome(links[0].contract_id, "Yes"),) if links[0].contract_id else (),
            rules=text,
        )
        for number, text in enumerate(texts)
    )
    event = Event(venue=KALSHI, id=EventId("event"), title="", markets=markets)
    await house.resources.recorder.record_listings([event], NOW)


@pytest.fixture
async def silent(house: House) -> House:
    """A market whose text does not say what happens when the game is put off, one that says something strange, and one
    that is known."""
    yes, no = (
        ruled("kalshi", "KX-BOS", SILENT, outcome, polarity=side) for outcome, side in (("Yes", "yes"), ("No", "no"))
    )
    strange = ruled("kalshi", "KX-ODD", STRANGE, "Yes")
    known = ruled("polymarket", "0xml", KNOWN, "Celtics")
    await listed(house, no, yes, strange, known, texts=(SILENT, STRANGE, KNOWN))
    return house


async def say(house: House, text: str, clauses: object = WHOLE, reason: str = "read it") -> tuple[int, Any]:
    body = {"rules_hash": rules_hash(text), "clauses": clauses, "reason": reason}
    answer = await house.ask.post("/rules/approvals", json=body, headers=house.as_admin)
    return answer.status_code, answer.json()


async def test_cards_say_what_is_paid_and_where_that_was_read(house: House) -> None:
    cards = (await house.ask.get("/rules?league=nfl&venue=kalshi")).json()
    winner = next(card for card in cards["items"] if card["kind"] == "moneyline")
    clauses = {each["clause"]: each for each in winner["clauses"]}
    assert (clauses["tie"]["value"], clauses["window"]["value"]) == ("half", 48)
    assert clauses["abandoned"] == {
        "clause": "abandoned",
        "value": ["fair", "result"],
        "is_confirmed": True,
        "source": "contract terms FOOTBALLGAMEWIN",
        "dated": "2026-09-11",
    }
    assert {card["venue"] for card in cards["items"]} == {"kalshi"}
    waits = (await house.ask.get("/rules?league=nba&venue=polymarket")).json()["items"][0]["clauses"]
    assert {"forever", "half"} <= {each["value"] for each in waits if isinstance(each["value"], str)}
    assert (await house.ask.get("/rules")).json()["total"] > 100
    assert (await house.ask.get("/rules?league=quidditch")).status_code == 422


async def test_base_rates_are_shown(house: House) -> None:
    rates = {each["league"]: each for each in (await house.ask.get("/rules/rates")).json()}
    assert rates["nfl"]["tie"] == 0.003
    assert rates["mlb"]["moved"] >= rates["mlb"]["moved_48h"] >= rates["mlb"]["moved_2w"] > 0


async def test_texts_that_are_not_known_wait_with_their_words(silent: House) -> None:
    texts = (await silent.ask.get("/rules/texts")).json()
    by_hash = {each["rules_hash"]: each for each in texts["items"]}
    assert by_hash.keys() == {rules_hash(SILENT), rules_hash(STRANGE)}
    waiting = by_hash[rules_hash(SILENT)]
    assert waiting["text"] == SILENT
    assert waiting["missing"] == ["window", "late", "cancelled"]
    assert (waiting["contract_id"], waiting["markets"]) == ("kalshi:KX-BOS:Yes", 1)
    assert waiting["sources"] == {"overtime": "card", "tie": "meaning", "abandoned": "card"}
    assert by_hash[rules_hash(STRANGE)]["unread"][0].startswith("If it rains")
    assert (await silent.ask.get("/rules/texts?venue=polymarket")).json()["total"] == 0
    assert (await silent.ask.get("/rules/texts?league=nba")).json()["total"] == 2


async def test_an_approval_makes_a_text_known_and_is_taken_back(silent: House) -> None:
    status, said = await say(silent, SILENT)
    assert (status, said["terms"]["window"], said["terms"]["late"], said["markets"]) == (200, 48, "fair", 1)
    assert said["terms"]["overtime"] is True  # as it was known already
    (listed_one,) = (await silent.ask.get("/rules/approvals")).json()["items"]
    assert (listed_one["approved_by"], listed_one["reason"]) == ("key admin", "read it")
    (kept,) = await list_approvals(silent.history)
    links = await silent.hot.links(CELTICS_GAME.id)
    for each in links[:2]:
        assert each.rules_hash == kept.rules_hash
        assert approved_terms(each, kept).is_known
    path = f"/rules/approvals/{rules_hash(SILENT)}"
    assert (await silent.ask.delete(path, headers=silent.as_admin)).json()["rules_hash"] == rules_hash(SILENT)
    assert (await silent.ask.delete(path, headers=silent.as_admin)).status_code == 404
    assert (await silent.ask.get("/rules/approvals")).json()["total"] == 0
    deeds = (await silent.ask.get("/audit?limit=2", headers=silent.as_admin)).json()["items"]
    assert [deed["what"] for deed in deeds] == ["rules.withdrawn", "rules.approved"]
    assert deeds[0]["detail"]["before"] == deeds[1]["detail"]["after"]
    assert deeds[1]["detail"]["after"]["reason"] == "read it"


async def test_every_process_hears_of_an_approval(silent: House) -> None:
    async with silent.hot.hear_risk() as updates:
        await say(silent, SILENT)
        assert (await anext(updates)).halts is None


async def test_a_changed_text_is_another_and_nobody_has_approved_it(silent: House) -> None:
    await say(silent, SILENT)
    changed = f"{SILENT} If the game is moved to Mars, the market will resolve to a fair price."
    now = ruled("kalshi", "KX-BOS", changed, "Yes")
    await listed(silent, now, texts=(changed,))
    (kept,) = await list_approvals(silent.history)
    assert kept.rules_hash != now.rules_hash
    (waiting,) = (await silent.ask.get("/rules/texts")).json()["items"]
    assert (waiting["rules_hash"], waiting["is_approved"]) == (rules_hash(changed), False)
    (standing,) = (await silent.ask.get("/rules/approvals")).json()["items"]
    assert standing["markets"] == 0


@pytest.mark.parametrize(
    ("text", "clauses", "status", "words"),
    [
        (SILENT, {"window": 48, "late": "fair"}, 422, "cancelled"),
        (SILENT, {**WHOLE, "late": "gold"}, 422, "late"),
        (SILENT, {**WHOLE, "window": -1}, 422, "window"),
        (SILENT, {**WHOLE, "window": True}, 422, "hours from 0 to 10000, or `forever`"),
        (SILENT, {**WHOLE, "window": "48"}, 422, "hours from 0 to 10000, or `forever`"),
        (SILENT, {**WHOLE, "overtime": "yes"}, 422, "boolean"),
        (SILENT, {**WHOLE, "overtime": False}, 409, "overtime counts"),
        (SILENT, {**WHOLE, "weather": "fair"}, 422, "weather"),
        (KNOWN, WHOLE, 404, "of which something is not known"),
        ("nobody has written this", WHOLE, 404, "no market has a rules text"),
    ],
)
async def test_what_cannot_be_approved_is_refused_and_changes_nothing(
    silent: House, text: str, clauses: dict[str, object], status: int, words: str
) -> None:
    answered, problem = await say(silent, text, clauses)
    assert (answered, words in str(problem)) == (status, True), problem
    assert (await silent.ask.get("/rules/approvals")).json()["total"] == 0
    deeds = (await silent.ask.get("/audit?what=rules.approved", headers=silent.as_admin)).json()
    assert deeds["total"] == 0


async def test_a_postponed_game_that_is_waited_for_needs_no_word_about_being_late(silent: House) -> None:
    status, said = await say(silent, SILENT, {"window": "forever", "cancelled": "lose", "abandoned": ["half", "half"]})
    assert (status, said["terms"]["window"], said["terms"]["late"]) == (200, "forever", "result")
    assert said["terms"]["abandoned"] == ["half"]
    (kept,) = await list_approvals(silent.history)
    no, yes = (approved_terms(each, kept) for each in (await silent.hot.links(CELTICS_GAME.id))[:2])
    assert (yes.cancelled, no.cancelled) == ("lose", "win")


async def test_a_market_of_two_sides_has_no_yes_that_wins(house: House) -> None:
    text = 'If the Celtics win, the market will resolve to "Celtics". If it snows, nobody knows.'
    await listed(house, ruled("polymarket", "0xml", text, "Celtics"), texts=(text,))
    status, problem = await say(house, text, {"cancelled": "win"})
    assert (status, "speak about YES" in problem["detail"]) == (409, True)
    assert (await say(house, text, {"cancelled": "half"}))[0] == 200


async def test_only_an_admin_approves(silent: House) -> None:
    body = {"rules_hash": rules_hash(SILENT), "clauses": WHOLE, "reason": "read it"}
    assert (await silent.ask.post("/rules/approvals", json=body)).status_code == 401
    assert (await silent.ask.delete(f"/rules/approvals/{rules_hash(SILENT)}")).status_code == 401
    blank = await silent.ask.post("/rules/approvals", json={**body, "reason": "  "}, headers=silent.as_admin)
    assert blank.status_code == 422


def test_an_approval_is_read_as_it_was_written() -> None:
    made = ruled("kalshi", "KX-BOS", SILENT, "Yes")
    assert made.terms is not None
    said = Approval(
        rules_hash="0", terms=made.terms, reason="r", approved_by="anna", approved_at="2026-01-01T00:00:00Z"
    )
    assert msgspec.convert(msgspec.to_builtins(said), Approval) == said
