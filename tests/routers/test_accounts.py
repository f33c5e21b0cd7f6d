"""Accounts and their books: opened, paid into once, begun anew; and the ledger line by line."""

import csv
import io
from decimal import Decimal

import pytest

from app.history import entries
from tests.routers.dealings import CONTRACT, deal, obeyed, open_account, post, settle
from tests.routers.houses import House


async def test_an_account_is_opened_with_its_first_deposit(house: House) -> None:
    body = {"id": "bot-7", "deposit": "1000.5", "note": "mine"}
    answer = await house.ask.post("/accounts", json=body, headers=house.as_admin)
    assert answer.status_code == 201, answer.text
    account = answer.json()
    assert (account["id"], account["kind"], account["cash"], account["deposits"]) == (
        "bot-7",
        "paper",
        "1000.5",
        "1000.5",
    )
    assert (account["opened_by"], account["is_balanced"], account["holder"]) == ("key admin", True, "")
    assert (await house.ask.get(answer.headers["location"])).json() == account
    assert (await house.ask.post("/accounts", json=body, headers=house.as_admin)).status_code == 409
    assert [each["id"] for each in (await house.ask.get("/accounts")).json()] == ["bot-7"]
    assert (await house.ask.get("/accounts/none")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"id": "A B"}, "id"),
        ({"id": ""}, "id"),
        ({"id": "x", "deposit": "-1"}, "deposit"),
        ({"id": "x", "kind": "live"}, "kind"),
    ],
)
async def test_an_account_that_cannot_be_is_refused_by_field(house: House, body: object, field: str) -> None:
    answer = await house.ask.post("/accounts", json=body, headers=house.as_admin)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"body.{field}"), answer.text


async def test_a_deposit_is_made_once(house: House) -> None:
    await open_account(house.history)
    key = {**house.as_admin, "Idempotency-Key": "d1"}
    for _ in range(2):
        answer = await house.ask.post("/accounts/manual/deposits", json={"amount": 5}, headers=key)
        assert (answer.status_code, answer.json()["cash"]) == (201, "5")
    other = await house.ask.post("/accounts/manual/deposits", json={"amount": 6}, headers=key)
    assert other.status_code == 409
    await house.ask.post("/accounts/manual/deposits", json={"amount": "0.000001"}, headers=house.as_admin)
    assert (await house.ask.get("/accounts/manual")).json()["cash"] == "5.000001"
    assert (await house.ask.post("/accounts/none/deposits", json={"amount": 6}, headers=key)).status_code == 404


async def test_a_reset_is_asked_of_who_trades(house: House) -> None:
    await open_account(house.history)
    await open_account(house.history, "kalshi-main", "live")
    async with obeyed(house.history) as executor:
        answer = await house.ask.post("/accounts/manual/reset", json={"balance": "50"}, headers=house.as_admin)
    assert (answer.status_code, answer.json()["id"], len(executor.obeyed)) == (200, "manual", 1)
    live = await house.ask.post("/accounts/kalshi-main/reset", json={"balance": "50"}, headers=house.as_admin)
    assert live.status_code == 409


async def test_the_ledger_is_told_whole_and_adds_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "AT_ONCE", 2)
    await deal(house.history)
    await settle(house.history)
    answer = await house.ask.get("/ledger")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 8
    assert sum(Decimal(row["amount"]) for row in rows) == 0
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
    cash = sum(Decimal(row["amount"]) for row in rows if row["book"] == "cash")
    assert cash == Decimal((await house.ask.get("/accounts/manual")).json()["cash"])
    only = (await house.ask.get(f"/ledger?book=realised&contract={CONTRACT}")).text.splitlines()
    assert len(only) == 2
    assert (await house.ask.get("/ledger?account=%00")).text.count("\n") == 1
    assert (await house.ask.get("/ledger?book=none")).status_code == 422


async def test_what_somebody_has_written_is_no_formula(house: House) -> None:
    await open_account(house.history)
    await post(house.history, "=1+1", "deposit", [("cash", "5", ""), ("deposits", "-5", "")], note="=HYPERLINK(1)")
    rows = list(csv.DictReader(io.StringIO((await house.ask.get("/ledger")).text)))
    assert {(row["posting"], row["note"]) for row in rows} == {("'=1+1", "'=HYPERLINK(1)")}
    assert {row["amount"] for row in rows} == {"5", "-5"}


async def test_lines_come_in_pages(house: House) -> None:
    await deal(house.history)
    first = (await house.ask.get("/ledger/entries?limit=3")).json()
    rest = (await house.ask.get(f"/ledger/entries?limit=3&cursor={first['next_cursor']}")).json()
    assert (first["total"], rest["next_cursor"]) == (5, None)
    lines = first["items"] + rest["items"]
    assert [each["book"] for each in lines] == ["fees", "positions", "cash", "deposits", "cash"]
    assert lines[0] | {"number": 0} == {
        "number": 0,
        "posting_id": "fill:kalshi:f1",
        "kind": "fill",
        "account": "manual",
        "book": "fees",
        "contract_id": CONTRACT,
        "amount": "0.35",
        "at": "2026-01-11T01:30:00Z",
        "note": "",
    }
    assert (await house.ask.get("/ledger/entries?cursor=WyJ4IiwieSJd")).status_code == 422
    assert (await house.ask.get("/ledger/entries?kind=deposit")).json()["total"] == 2
