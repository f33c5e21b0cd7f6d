"""The trading core: one synchronous composition of the rooms below, without clock, I/O or randomness of its own.

What it is told in the same order it answers in the same way, live or from a tape.
"""

from app.pipeline.core import Handler, Pipeline

__all__ = ["Handler", "Pipeline"]
