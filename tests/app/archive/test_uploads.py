"""What is in the archive is carried elsewhere, each file once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pydantic import SecretStr

from app.archive import uploads
from app.archive.keeping import Kept, keep_archive
from app.archive.manifests import read_manifest
from app.archive.proofs import prove
from app.archive.uploads import open_target
from app.clock import moment_of
from app.errors import SettingsRefused
from app.settings import ArchiveSettings
from tests.app.archive.evenings import frames, record
from tests.app.pipeline.cores import START

NOW = moment_of(START) + timedelta(hours=1)


@pytest.fixture
def memory() -> Iterator[MemoryFileSystem]:
    files = MemoryFileSystem()
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def keep(data: Path, target: str = "memory://there/archive", **given: object) -> Kept:
    return keep_archive(data, ArchiveSettings(target=SecretStr(target), **given), NOW)  # type: ignore[arg-type]


def test_each_file_is_carried_once_and_the_manifest_last(tmp_path: Path, memory: MemoryFileSystem) -> None:
    record(tmp_path / "tape", parts=1)
    first = keep(tmp_path)
    assert first.carried == first.files > 4
    assert (first.waiting, first.trouble) == (0, "")
    names = list(read_manifest(tmp_path / "archive").files)
    for name in names:
        assert memory.cat(f"/there/archive/{name}") == (tmp_path / "archive" / name).read_bytes()
    assert list(memory.store)[-1] == "/there/archive/manifest.jsonl"
    again = keep(tmp_path)
    assert again.carried == 0
    record(tmp_path / "tape", "later", parts=1)
    assert keep(tmp_path).carried == keep(tmp_path).files - first.files


def test_what_is_elsewhere_is_an_archive_too(tmp_path: Path) -> None:
    run = record(tmp_path / "tape", parts=5)
    before = frames(run)
    for _ in range(2):
        record(tmp_path / "tape", f"another-{_}", parts=5)
        keep(tmp_path, f"file://{tmp_path}/elsewhere")
    elsewhere = tmp_path / "elsewhere"
    assert prove(elsewhere).is_right
    assert frames(elsewhere / "run") == before
    here, there = (
        {file.relative_to(folder) for file in folder.glob("*/*/*/*")} for folder in (tmp_path / "archive", elsewhere)
    )
    assert here == there  # what was merged was taken away there as well


def test_what_cannot_be_carried_waits_and_is_not_let_go(
    tmp_path: Path, memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(tmp_path / "tape", parts=1)
    monkeypatch.setattr(uploads, "FIRST_WAIT", 0.0)
    whole, left = MemoryFileSystem.put_file, [3]

    def put_file(self: MemoryFileSystem, here: str, there: str, **more: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise ConnectionError("https://key:SECRET@host refused")
        whole(self, here, there, **more)

    with monkeypatch.context() as cut_off:
        cut_off.setattr(MemoryFileSystem, "put_file", put_file)
        done = keep(tmp_path, keep=0)
    assert (done.carried, done.pruned) == (3, 3)
    assert done.waiting == done.files > 0
    assert "ConnectionError" in done.trouble
    assert "SECRET" not in done.trouble
    after = keep(tmp_path)
    assert (after.carried, after.waiting, after.trouble) == (done.waiting, 0, "")


def test_a_try_that_fails_is_tried_again(
    tmp_path: Path, memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(tmp_path / "tape", parts=1)
    monkeypatch.setattr(uploads, "FIRST_WAIT", 0.0)
    whole, tries = MemoryFileSystem.put_file, [0]

    def put_file(self: MemoryFileSystem, here: str, there: str, **more: object) -> None:
        tries[0] += 1
        if tries[0] % 3:
            raise TimeoutError
        whole(self, here, there, **more)

    monkeypatch.setattr(MemoryFileSystem, "put_file", put_file)
    done = keep(tmp_path)
    assert (done.carried, done.trouble) == (done.files, "")


def test_an_address_is_shown_without_what_is_secret_in_it() -> None:
    target = open_target("memory://user:SECRET@there/archive?token=SECRET", {})
    assert "SECRET" not in target.shown
    with pytest.raises(SettingsRefused) as refused:
        open_target("nowhere://user:SECRET@there", {})
    assert "SECRET" not in str(refused.value)
