"""A fill that is lost, doubled or changed anywhere between the venue and the ledger is found."""

from decimal import Decimal

import pytest

from tests.soaks.audits import Books, differences
from tests.soaks.tellings import a_fill, booked

FIRST, SECOND = a_fill(1), a_fill(2, side="sell", price="0.5500")
TOLD = {fill["id"]: fill for fill in (FIRST, SECOND)}
WELL = booked(FIRST, SECOND)
NAME = FIRST["id"]


def without(kept: dict[str, object], name: str) -> dict[str, object]:
    return {each: value for each, value in kept.items() if each != name}


def test_what_was_told_and_booked_alike_is_well() -> None:
    assert differences(TOLD, WELL) == []


def test_decimals_may_be_written_otherwise() -> None:
    assert differences({**TOLD, NAME: {**FIRST, "size": "10.0"}}, WELL) == []


@pytest.mark.parametrize(
    ("books", "said"),
    [
        (Books(without(WELL.fills, NAME), WELL.filled, WELL.cash), "was told, and is not among the fills"),
        (Books({**WELL.fills, NAME: {**FIRST, "price": "0.4100"}}, WELL.filled, WELL.cash), "price 0.4000 was told"),
        (Books(WELL.fills, {**WELL.filled, "o-1": Decimal(20)}, WELL.cash), "the order says 20"),
        (Books(WELL.fills, {**WELL.filled, "o-9": Decimal(20)}, WELL.cash), "o-9: 0 was told"),
        (Books(WELL.fills, WELL.filled, without(WELL.cash, f"fill:{NAME}")), "-4.1700 is due, None was posted"),
        (Books(WELL.fills, WELL.filled, {**WELL.cash, "fill:x": Decimal(1)}), "fill:x was posted, and not told"),
    ],
)
def test_every_kind_of_difference_is_found(books: Books, said: str) -> None:
    found = differences(TOLD, books)
    assert any(said in each for each in found), found


def test_a_fill_that_nobody_was_told_of_is_found() -> None:
    assert f"{NAME} was booked, and not told" in differences(without(TOLD, NAME), WELL)
