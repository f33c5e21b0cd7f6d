"""What is to be played: each tape with each setting.

>>> settings_of({"risk.kelly": ["0.05", "0.1"], "paper.kalshi_ms": ["40", "200"]})[0]
('risk.kelly=0.05', 'paper.kalshi_ms=40')
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import Annotated

import msgspec

from app.archive.manifests import archived_parts
from app.archive.tapes import FORMAT, SUFFIX, shelf_of
from app.domain.parsing import NOT_READABLE
from app.domain.questions import Fault, QuestionRefused
from app.errors import BadInput
from app.replay.changes import changes_of

PLAYED_AS = 1  # one more whenever the same tape and setting come to something else: what was kept counts no more
MOST = 10_000  # pairs

Setting = tuple[str, ...]  # `name=value` each; empty: as it is built in


class Task(msgspec.Struct, frozen=True):
    """A tape with a setting. `key`: the same for the same, wherever the tape lies."""

    tape: str
    setting: Setting
    key: str


class Written(msgspec.Struct, forbid_unknown_fields=True):
    """A plan as people write it. `sweep`: values by name, each with each; `settings`: others beside them."""

    tapes: list[str] = []
    sweep: dict[str, Annotated[list[str | int | float], msgspec.Meta(min_length=1)]] = {}
    settings: list[dict[str, str | int | float]] = []
    tried_before: int = 0


class Plan(msgspec.Struct, frozen=True):
    """`tried_before`: settings that were tried on these tapes before and are not among these."""

    tapes: tuple[Path, ...]
    settings: tuple[Setting, ...]
    tried_before: int = 0

    def tasks(self) -> Sequence[Task]:
        """Every pair, tape by tape. Raises BadInput for a tape that is not there."""
        if len(self.tapes) * len(self.settings) > MOST:
            raise BadInput(f"{len(self.tapes) * len(self.settings):,} pairs are too many", remedy="Sweep less at once.")
        names = [(tape, fingerprint(tape)) for tape in self.tapes]
        return [Task(str(tape), setting, _key(name, setting)) for tape, name in names for setting in self.settings]


def read_plan(path: Path) -> Written:
    """A plan out of its file. Raises BadInput."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Written)
    except (OSError, *NOT_READABLE) as error:
        raise BadInput(f"{path} is no plan: {error}", remedy="docs/replay.md shows one.") from None


def planned(tapes: Sequence[Path], sweeps: Sequence[str], written: Written | None = None, base: Path = Path()) -> Plan:
    """What is asked on the command line and in a file together; tapes of the file are looked for beside it. Raises
    QuestionRefused for settings that cannot be, BadInput when there is no tape."""
    written = written or Written()
    swept = {name: [str(value) for value in values] for name, values in written.sweep.items()}
    swept |= dict(map(_read_sweep, sweeps))
    others = [tuple(f"{name}={value}" for name, value in each.items()) for each in written.settings]
    settings = list(dict.fromkeys([*(settings_of(swept) if swept or not others else ()), *others]))
    for each in settings:
        changes_of(each)
    all_tapes = tuple(dict.fromkeys([*tapes, *(base / each for each in written.tapes)]))
    if not all_tapes:
        raise BadInput("no tape is named", remedy="Name one: crosscourt backtest TAPE --sweep risk.kelly=0.05,0.1")
    return Plan(all_tapes, tuple(settings), written.tried_before)


def settings_of(swept: Mapping[str, Sequence[str]]) -> Sequence[Setting]:
    """Each value of each name with each of the others."""
    return [
        tuple(f"{name}={value}" for name, value in zip(swept, values, strict=True))
        for values in product(*swept.values())
    ]


def fingerprint(tape: Path) -> str:
    """Of all that is on a tape. Raises BadInput when there is none."""
    told = blake2b(digest_size=16)
    try:
        parts = [tape] if tape.is_file() else sorted(tape.glob(f"*{SUFFIX}"))
        archived = {} if tape.is_file() else archived_parts(shelf_of(tape), tape.name)
    except OSError:  # no file can be called so
        parts, archived = [], {}
    if not parts and not archived:
        raise BadInput(f"there is no tape at {tape}", remedy="Name a folder below `tape` in the data directory.")
    for number in sorted(archived):
        told.update(msgspec.json.encode(archived[number]))
    for part in parts:
        told.update(part.read_bytes())
    return told.hexdigest()


def _key(tape: str, setting: Iterable[str]) -> str:
    said = changes_of(setting).said
    return blake2b(msgspec.json.encode((FORMAT, PLAYED_AS, tape, sorted(said.items()))), digest_size=16).hexdigest()


def _read_sweep(text: str) -> tuple[str, list[str]]:
    name, mark, values = text.partition("=")
    found = [value.strip() for value in values.split(",") if value.strip()]
    if not mark or not found:
        raise QuestionRefused([Fault("sweep", f"{text[:60]!r} is not `name=value,value`")])
    return name.strip(), found
