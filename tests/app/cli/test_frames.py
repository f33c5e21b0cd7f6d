"""A frame that is shared is the frame that everybody would have got."""

import pytest
from websockets.frames import Frame, Opcode

from app.cli.frames import framed


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
def test_a_text_is_framed_as_the_library_does_it(size: int) -> None:
    text = ("é" + "x" * size)[:size]
    assert framed(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
