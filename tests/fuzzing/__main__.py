"""Fuzzes every decoder of what strangers send, each in a process of its own, and names each payload that met a bug.

`python -m tests.fuzzing --minutes 10 [--only NAME]`: the minutes are shared out. What is found lies in a folder that is
named at the end, one file a payload; `--again FILE --only NAME` gives one to its decoder once more.
"""

import argparse
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tests.fuzzing.decoders import DECODERS, EVERYONE, Decoder
from tests.fuzzing.finds import FINDS
from tests.fuzzing.payloads import written

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = ROOT.parent / "shared" / "data"
LARGEST = 32_768  # bytes of a payload
MOST_MEMORY = 2_048  # MiB
LONGEST = 10  # seconds for one payload
NOT_HERE = "atheris is not installed: it is made for Linux on x86-64, and Python below 3.14"
_LAST = re.compile(r"(?:Done (\d+) runs in (\d+) second|#(\d+)\s.*exec/s: (\d+))")


class Outcome(NamedTuple):
    """`said`: what the fuzzer said, without its tally."""

    runs: int
    per_second: int
    is_well: bool
    said: str


def is_here() -> bool:
    """Whether there is a fuzzer for this machine."""
    return find_spec("atheris") is not None


def fuzz(decoder: Decoder, folder: Path, *limits: str) -> Outcome:
    """In a process of its own. `limits`: libFuzzer's, one of which ends it. What it finds it leaves in the folder."""
    corpus = folder / decoder.name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(_to_begin_with(decoder)):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = (
        f"-max_len={LARGEST}",
        f"-rss_limit_mb={MOST_MEMORY}",
        f"-timeout={LONGEST}",
        f"-artifact_prefix={folder}/{decoder.name}-",
        *limits,
    )
    done = subprocess.run(
        (sys.executable, "-m", "tests.fuzzing.engine", decoder.name, str(corpus), *options),
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        check=False,
    )
    return _read(done.stdout.decode(errors="replace"), done.returncode)


def _to_begin_with(decoder: Decoder) -> Iterator[bytes]:
    yield from decoder.seeds
    yield from (payload for _, name, payload in FINDS if name == decoder.name)
    for file in sorted(RECORDINGS.glob(decoder.recordings)) if decoder.recordings else ():
        if file.stat().st_size <= LARGEST:
            yield written(json.loads(file.read_bytes()))  # in one line


def _read(said: str, code: int) -> Outcome:
    runs = per_second = 0
    for found in _LAST.finditer(said):
        runs = int(found[1] or found[3])
        per_second = runs // max(1, int(found[2])) if found[1] else int(found[4])
    lines = [line for line in said.splitlines() if not line.startswith(("#", "INFO"))]
    return Outcome(runs, per_second, code == 0, "\n".join(lines))


def fuzz_all(minutes: float, only: str | None) -> int:
    """How many decoders have met a bug."""
    chosen = [DECODERS[only]] if only else list(DECODERS.values())
    seconds = max(1, round(minutes * 60 / len(chosen)))
    folder, fallen = Path(tempfile.mkdtemp(prefix="crosscourt-finds-")), 0
    for decoder in chosen:
        outcome = fuzz(decoder, folder, f"-max_total_time={seconds}")
        print(f"{decoder.name:20} {outcome.runs:8} payloads, {outcome.per_second:5} a second", flush=True)
        if not outcome.is_well:
            fallen += 1
            print(outcome.said)
    print(f"{fallen} of {len(chosen)} decoders met a bug; payloads are in {folder}")
    return fallen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--only", choices=[*DECODERS, EVERYONE.name])
    parser.add_argument("--again", type=Path)
    asked = parser.parse_args()
    if asked.again:
        logging.disable(logging.CRITICAL)
        DECODERS[asked.only].take(asked.again.read_bytes())
        return 0
    if not is_here():
        print(NOT_HERE)
        return 0
    return min(1, fuzz_all(asked.minutes, asked.only))


if __name__ == "__main__":
    sys.exit(main())
