"""Lines of the log that machines read: one JSON object each, always with the same first names."""

import json
import logging

from app.logs import JsonLines


def line(message: str, level: int = logging.INFO, **fields: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "app.executor.desks", "levelno": level, "msg": message, **fields})
    record.levelname = logging.getLevelName(level)
    found: dict[str, object] = json.loads(JsonLines().format(record))
    return found


def test_a_line_says_when_how_grave_where_and_what_and_its_fields_stand_beside() -> None:
    told = line("trade ended", trace="a-1", account="arbitrage", held=(5, 5))
    assert list(told)[:4] == ["at", "level", "from", "message"]
    assert str(told.pop("at")).endswith("Z")
    assert told == {
        "level": "info",
        "from": "app.executor.desks",
        "message": "trade ended",
        "trace": "a-1",
        "account": "arbitrage",
        "held": [5, 5],
    }


def test_what_json_does_not_know_is_written_as_text() -> None:
    assert line("waits", logging.WARNING, error=ValueError("no answer"))["error"] == "no answer"


def test_lines_stay_lines() -> None:
    record = logging.makeLogRecord({"msg": "first\nsecond", "reason": "a\nb"})
    assert "\n" not in JsonLines().format(record)
