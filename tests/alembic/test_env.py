import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_alembic(*arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    environment = (
        {**os.environ, "DATABASE__URL": url} if url else {k: v for k, v in os.environ.items() if "DATABASE" not in k}
    )
    command = [sys.executable, "-m", "alembic", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_line_migrates_what_the_settings_name(unmigrated_database_url: str) -> None:
    for arguments in (("upgrade", "head"), ("check",), ("downgrade", "base")):
        ran = run_alembic(*arguments, url=unmigrated_database_url)
        assert ran.returncode == 0, ran.stderr


def test_the_schema_can_be_read_as_sql_without_a_database() -> None:
    ran = run_alembic("upgrade", "head", "--sql")
    assert "CREATE TABLE link_decisions" in ran.stdout, ran.stderr


@pytest.mark.skipif((ROOT / ".env").exists(), reason="this checkout's .env names a database")
def test_without_a_database_it_says_why_there_is_nothing_to_do() -> None:
    ran = run_alembic("upgrade", "head")
    assert ran.returncode != 0
    assert "DATABASE__URL is not set" in ran.stderr
