import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.embedded.places import LONGEST_SOCKET, Places, open_places, open_sockets
from app.errors import StartRefused
from tests.app.embedded.processes import ORDINARY_USER, Holder

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")


@pytest.fixture
def deep(tmp_path: Path) -> Places:
    """The places of a data directory whose own path is too long for a socket."""
    return open_places(tmp_path / ("x" * 120))


def test_folders_are_private(tmp_path: Path) -> None:
    places = open_places(tmp_path / "new" / "data")
    for folder in (tmp_path / "new/data", places.servers, places.locks, places.logs, open_sockets(places)):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_loose_folder_is_closed(tmp_path: Path) -> None:
    (tmp_path / "servers").mkdir()
    (tmp_path / "servers").chmod(0o755)
    assert open_places(tmp_path).servers.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["x" * 120, "with space", "comma,", "percent%20", "naïve", "quote'"])
def test_sockets_of_a_long_or_odd_path_lie_behind_a_link(tmp_path: Path, name: str) -> None:
    places = open_places(tmp_path / name)
    sockets = open_sockets(places)
    assert places.sockets.is_symlink()
    assert places.sockets.resolve() == sockets.resolve()
    assert len(str(sockets / ".s.PGSQL.5432")) <= LONGEST_SOCKET
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert open_sockets(places) == sockets
    sockets.rmdir()  # as the last keeper does
    assert open_sockets(places) != sockets
    open_sockets(places).rmdir()


def test_sockets_folder_that_others_may_enter_is_not_used(deep: Places) -> None:
    loose = open_sockets(deep)
    loose.chmod(0o755)
    assert open_sockets(deep) != loose
    loose.rmdir()
    open_sockets(deep).rmdir()


@needs_root
def test_sockets_folder_that_belongs_to_somebody_else_is_not_used(deep: Places) -> None:
    planted = open_sockets(deep)
    os.chown(planted, 12345, 12345)
    assert open_sockets(deep) != planted
    planted.rmdir()
    open_sockets(deep).rmdir()


def test_link_planted_in_place_of_the_sockets_folder_is_not_followed(deep: Places, tmp_path: Path) -> None:
    first = open_sockets(deep)
    first.rmdir()
    (tmp_path / "trap").mkdir(mode=0o700)
    first.symlink_to(tmp_path / "trap")
    assert open_sockets(deep).resolve() != tmp_path / "trap"
    first.unlink()
    open_sockets(deep).rmdir()


def test_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.touch()
    for data_dir in (file, file / "below"):
        with pytest.raises(StartRefused, match=f"{file} is a file, not a directory") as refused:
            open_places(data_dir)
        assert "--data-dir" in refused.value.remedy


@needs_root
def test_data_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    places = open_places(tmp_path)
    os.chown(places.servers, 12345, 12345)
    with pytest.raises(StartRefused, match="belongs to user id 12345, and this process runs as 0") as refused:
        open_places(tmp_path)
    assert "chown" in refused.value.remedy


@needs_root
def test_data_directory_that_cannot_be_written_is_refused(data_dir: Path, hold: Callable[..., Holder]) -> None:
    data_dir.parent.chmod(0o755)
    said = hold(data_dir, "valkey", **ORDINARY_USER.how()).said
    assert f"{data_dir} cannot be written" in str(said["refused"])
    assert "Permission denied" in str(said["refused"])
    assert "--data-dir" in str(said["remedy"])
