from pathlib import Path

from app.embedded.keeper import bound_log, try_lock


def test_log_is_moved_away_once_it_is_too_large_and_appending_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "valkey.log"
    with log.open("a") as server:
        print("12345678", file=server, flush=True)
        bound_log(str(log), largest=10)
        assert log.read_text() == "12345678\n"
        print("90", file=server, flush=True)
        bound_log(str(log), largest=10)
        print("new", file=server, flush=True)
    assert log.read_text() == "new\n"
    assert (tmp_path / "valkey.log.1").read_text() == "12345678\n90\n"


def test_removed_log_disturbs_nobody(tmp_path: Path) -> None:
    bound_log(str(tmp_path / "absent.log"), largest=10)
    assert not list(tmp_path.iterdir())


def test_lock_has_one_holder_and_is_private(tmp_path: Path) -> None:
    assert try_lock(tmp_path / "lock") is not None
    assert try_lock(tmp_path / "lock") is None
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
