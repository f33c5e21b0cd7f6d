"""`crosscourt notify test` reaches every target, says which did not take it, and names no address."""

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.app.notifications.places import SECRET, opened

ROOT = Path(__file__).resolve().parents[3]


async def run(tmp_path: Path, rules: object, *more: str) -> tuple[int, str, str]:
    environment = {**os.environ, "NOTIFICATIONS__RULES": rules if isinstance(rules, str) else json.dumps(rules)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "notify", "test", *more),
        env={**environment, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_every_target_is_tried(tmp_path: Path) -> None:
    async with opened() as well, opened() as failing:
        failing.answer = 503
        rules = [{"to": well.address}, {"to": failing.address, "kinds": ["halt"]}]
        code, out, err = await run(tmp_path, rules, "--json")
    taken, refused = json.loads(out)
    assert (code, taken["trouble"], "did not take it" in refused["trouble"]) == (1, "", True)
    assert well.told[0]["title"] == "Crosscourt: 1 test"
    assert SECRET not in out + err


async def test_what_cannot_be_read_is_refused_unsaid(tmp_path: Path) -> None:
    for rules in (f"json://{SECRET}", [{"to": f"none://{SECRET}"}], [{"to": f"json://{SECRET}", "kinds": ["x"]}], "[]"):
        code, out, err = await run(tmp_path, rules)
        assert (code, SECRET in out + err) == (1, False), err
        assert "NOTIFICATIONS" in err.upper(), err
