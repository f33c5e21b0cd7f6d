"""Plays many tapes with many settings, and says what is left of the best of them once its luck is taken off."""
