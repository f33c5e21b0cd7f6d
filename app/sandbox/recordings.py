"""A recorded slate as a stage: objects as they were, on the slate's own clock."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.errors import StartRefused
from app.sandbox.exchanges import Quoting
from app.sandbox.faults import Fault
from app.sandbox.markets import Venue
from app.sandbox.messages import Message, moment, parts
from app.sandbox.plans import Entry
from app.sandbox.simulations import quiet_scoreboard
from app.sandbox.stills import KalshiStills, PolymarketStills


class Manifest(msgspec.Struct):
    """`slate.json`: which file answers which endpoint. Files are relative to its folder."""

    name: str
    now: datetime
    espn: dict[str, str] = {}  # "{sport}.{league}" → scoreboard
    kalshi: str | None = None
    polymarket: str | None = None


class Recording:
    """The stage of a folder with a `slate.json`; its clock runs on from the slate's `now`."""

    is_recorded = True

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        manifest = _read_manifest(folder)
        self.name = manifest.name
        self._clock = clock
        self._taken = manifest.now.astimezone(UTC)
        self._offset = self._taken - clock()
        self._scoreboards = {
            league.replace(".", "/", 1): _object(_read(folder / file)) for league, file in manifest.espn.items()
        }
        self._gamma, _ = _events(folder, manifest.polymarket)
        self._kalshi, self._milestones = _events(folder, manifest.kalshi)
        stills: dict[Venue, Quoting] = {
            "kalshi": KalshiStills(self._kalshi),
            "polymarket": PolymarketStills(self._gamma),
        }
        self._stills = stills

    def now(self) -> datetime:
        return self._clock() + self._offset

    def quoting(self, venue: Venue) -> Quoting:
        return self._stills[venue]

    def changed_at(self) -> datetime:
        return self._taken

    def scoreboard(self, path: str, groups: str) -> Message:
        return self._scoreboards.get(path) or quiet_scoreboard(self._taken)

    def teams(self, path: str) -> Message:
        return {"sports": []}

    def gamma_events(self) -> list[Message]:
        return self._gamma

    def kalshi_events(self) -> list[Message]:
        return self._kalshi

    def milestones(self) -> list[Message]:
        return self._milestones

    def faults(self) -> tuple[tuple[datetime, Fault], ...]:
        return ()

    def act(self, entries: Sequence[Entry]) -> tuple[tuple[datetime, Fault], ...]:
        raise StartRefused("A recorded slate stays as it was.", remedy="Play a simulated one.")

    def games(self) -> list[Message]:
        return []

    def traps(self) -> list[Message]:
        return []


def _read_manifest(folder: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((folder / "slate.json").read_bytes(), type=Manifest)
    except OSError as error:
        raise StartRefused(
            f"No slate in {folder}: {error.strerror}", remedy="Name a folder that holds a slate.json."
        ) from error
    except msgspec.DecodeError as error:
        raise StartRefused(f"{folder / 'slate.json'}: {error}", remedy="Mend the named field.") from error
    if moment(manifest.now.isoformat()) is None or manifest.now.tzinfo is None:
        raise StartRefused("slate.json: `now` has no time zone", remedy="Write it as 2026-08-09T15:00:00Z.")
    return manifest


def _read(path: Path) -> object:
    try:
        return msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise StartRefused(
            f"The slate names {path}, which cannot be read: {error.strerror}", remedy="Mend slate.json."
        ) from error
    except msgspec.DecodeError as error:
        raise StartRefused(f"{path} is not JSON: {error}", remedy="Record it again.") from error


def _object(payload: object) -> Message:
    return payload if isinstance(payload, dict) else {}


def _events(folder: Path, file: str | None) -> tuple[list[Message], list[Message]]:
    if file is None:
        return [], []
    payload = _read(folder / file)
    wrapped: Message = {"events": payload} if isinstance(payload, list) else _object(payload)
    return parts(wrapped, "events"), parts(wrapped, "milestones")
