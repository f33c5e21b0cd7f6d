"""How a command that runs on is ended: by Ctrl-C, by SIGTERM, or because the process that started it is gone."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ASKED_TO_END = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def ending_well() -> Iterator[None]:
    """Whoever asks this process to end is obeyed at any moment: what was opened is closed, and the exit code is 0."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script that starts it with & has it ignored
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with suppress(KeyboardInterrupt):
        yield


async def until_asked_to_end() -> None:
    """Return at Ctrl-C or SIGTERM; later ones change nothing."""
    asked = asyncio.Event()
    for number in ASKED_TO_END:
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()


async def until_parent_is_gone() -> None:
    """Return when standard input closes: the process that started this one has ended, by whatever way."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(0, "rb"))
    try:
        while await reader.read(1024):
            continue
    finally:
        transport.close()
