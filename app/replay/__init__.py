"""Plays a tape again: the same core, executor, paper venues and exits, on a clock that jumps."""
