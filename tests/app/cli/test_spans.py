import pytest

from app.cli.spans import read_pace, read_span
from app.errors import BadInput


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2 H", 7_200), ("1d", 86_400)])
def test_spans_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert read_span(text) == seconds


@pytest.mark.parametrize(("text", "pace"), [("max", None), ("1x", 1), ("10", 10), ("0.5X", 0.5)])
def test_paces_too(text: str, pace: float | None) -> None:
    assert read_pace(text) == pace


@pytest.mark.parametrize("text", ["", "soon", "0", "-5m", "1w", "x"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no span"):
        read_span(text)
    with pytest.raises(BadInput, match="no pace"):
        read_pace(text)
