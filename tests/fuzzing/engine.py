"""One decoder under a fuzzer that follows which of our lines a payload reaches; ends with the process.

`python -m tests.fuzzing.engine NAME CORPUS [-runs=N] [-max_total_time=SECONDS]`; other options as libFuzzer has them.
With NAME `all` the first byte of a payload says whose turn it is.
"""

import logging
import sys
from pathlib import Path
from random import Random

import atheris

LOOKED_AT = (  # what reads; to follow every line of the house takes longer to begin with than many payloads
    *("app.domain.parsing", "app.domain.money", "app.domain.questions", "app.sources", "app.venues", "app.prices"),
    *("app.archive.tapes", "app.archive.manifests", "app.hot.rpc", "app.sandbox.plans", "app.sandbox.stagings"),
    *("app.backtests.plans", "routers.sockets.messages", "routers.sockets.visits", "routers.cursors"),
)
ROOT = Path(__file__).resolve().parents[2]


def others() -> list[str]:
    """Every other module of ours."""
    files = [file for room in ("app", "routers") for file in (ROOT / room).rglob("*.py")]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]
    return [name for name in names if not name.startswith(LOOKED_AT)]


with atheris.instrument_imports(include=["app", "routers"], exclude=others(), enable_loader_override=False):
    from tests.fuzzing.decoders import DECODERS, EVERYONE


def fuzz(name: str, arguments: list[str]) -> None:
    """Never returns: the process ends with the fuzzer."""
    logging.disable(logging.CRITICAL)
    decoder = EVERYONE if name == EVERYONE.name else DECODERS[name]

    def change(data: bytes, most: int, number: int) -> bytes:
        chance = Random(number)
        changed = decoder.change(data, chance) if chance.random() < 0.8 else atheris.Mutate(data, most)
        return bytes(changed) if len(changed) <= most else data

    atheris.Setup([sys.argv[0], *arguments], decoder.take, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz(sys.argv[1], sys.argv[2:])
