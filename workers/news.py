"""What has happened since somebody was told last, as notes in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from app.clock import EPOCH
from app.domain.operations import Beat
from app.domain.risks import Halt
from app.history.trading_tables import IncidentRow
from app.hot.trading_shown import FillShown
from app.hot.updates import Said
from app.notifications.notes import Note
from app.settings import NotificationKind

FILLS = "fills"
TURNS_MISSED = 3  # a worker that is silent for so many of its turns is down
LEAST_PATIENCE = 30.0  # seconds
SELDOM = 3_600.0  # seconds: a daily worker is not missed

_FILL = msgspec.json.Decoder(FillShown)
_KINDS: dict[str, NotificationKind] = {"exposed": "exposed", "overdue": "overdue"}


def notes_of_updates(said: Iterable[Said], names: Mapping[str, str]) -> Sequence[Note]:
    """Fills and exits. `names`: contracts as people call them."""
    fills = (fill_of(each) for each in said)
    return [_note_of_fill(fill, names) for fill in fills if fill is not None]


def fill_of(said: Said) -> FillShown | None:
    """None: it tells of something else, or a version that told it otherwise wrote it."""
    if said.channel != FILLS:
        return None
    try:
        return _FILL.decode(said.body)
    except msgspec.MsgspecError:
        return None


def notes_of_incidents(rows: Iterable[IncidentRow]) -> Sequence[Note]:
    """Each once, when it is seen."""
    return [
        Note(_KINDS.get(row.kind, "incident"), f"{row.kind} ({row.account} at {row.venue}): {row.detail}", row.began_at)
        for row in rows
    ]


def notes_of_halts(halts: Iterable[Halt], since: datetime) -> Sequence[Note]:
    """Those that are younger."""
    return [
        Note("halt", f"halted: {f'{halt.scope} {halt.name}'.strip()} by {halt.halted_by}: {halt.reason}", at)
        for halt in halts
        if (at := _moment(halt.halted_at)) > since
    ]


class Roll:
    """Who of the workers was heard, and who of them is missed."""

    def __init__(self) -> None:
        self._heard: dict[str, Beat] = {}
        self._missed: set[str] = set()

    def call(self, beats: Sequence[Beat], now: datetime) -> Sequence[Note]:
        """Those that have fallen silent since the last call, and those that are back. A worker that runs in several
        processes is there while any of them is."""
        newest: dict[str, Beat] = {}
        for beat in beats:
            if beat.worker not in newest or newest[beat.worker].at < beat.at:
                newest[beat.worker] = beat
        self._heard |= newest
        silent = {name: beat for name, beat in self._heard.items() if _is_silent(beat, now)}
        gone = [Note("worker", _silence(beat, now), now) for name, beat in silent.items() if name not in self._missed]
        back = [Note("worker", f"{name} works again", now) for name in sorted(self._missed - silent.keys())]
        self._missed = set(silent)
        return [*gone, *back]


def _note_of_fill(fill: FillShown, names: Mapping[str, str]) -> Note:
    what = names.get(fill.contract_id, fill.contract_id)
    rule = f" by {fill.rule.replace('_', ' ')}" if fill.rule and fill.rule != fill.purpose else ""
    undone = "taken back by the venue: " if fill.stage == "undone" else ""
    words = f"{undone}{fill.purpose}{rule}: {fill.side} {fill.size} of {what} at {fill.price}"
    kind: NotificationKind = "exit" if fill.purpose == "exit" else "fill"
    return Note(kind, f"{words} on {fill.venue} ({fill.account}, fee ${fill.fee})", fill.venue_time)


def _is_silent(beat: Beat, now: datetime) -> bool:
    patience = max(TURNS_MISSED * beat.every, LEAST_PATIENCE)
    return beat.every < SELDOM and (now - beat.at).total_seconds() > patience


def _silence(beat: Beat, now: datetime) -> str:
    error = f"; its last error: {beat.last_error}" if beat.last_error else ""
    return f"{beat.worker} is silent for {(now - beat.at).total_seconds():.0f} s{error}"


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return EPOCH
