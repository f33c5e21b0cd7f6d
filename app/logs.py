"""Where log lines go: a file in the data directory, and what needs a person's eye to the terminal."""

import logging
import logging.handlers
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

LogStyle = Literal["text", "json"]

_LARGEST = 10 * 1024 * 1024  # bytes of one file
_KEPT = 5
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the fields given beside it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


class TextLines(logging.Formatter):
    """Time, level, message and `name=value` fields."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        line = f"{datetime.fromtimestamp(record.created):%H:%M:%S} {record.levelname:7} {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _PLAIN}


def write_logs(folder: Path, process: str, style: LogStyle, *, is_quiet: bool = False) -> None:
    """Everything from INFO up into `{folder}/{process}.log`, rotated; to the terminal warnings only, or, as JSON, all.

    `is_quiet`: nothing to the terminal (a child whose parent speaks).
    """
    folder.mkdir(parents=True, exist_ok=True)
    to_file = logging.handlers.RotatingFileHandler(
        folder / f"{process}.log", maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8"
    )
    to_file.setFormatter(JsonLines() if style == "json" else TextLines())
    handlers: list[logging.Handler] = [to_file]
    if not is_quiet:
        to_terminal = logging.StreamHandler(sys.stderr)
        to_terminal.setFormatter(to_file.formatter)
        to_terminal.setLevel(logging.INFO if style == "json" else logging.WARNING)
        handlers.append(to_terminal)
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    for noisy in ("httpx", "httpcore", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
