"""Simulated venues over real HTTP: a process of its own that speaks the wire formats of ESPN, Gamma and Kalshi."""
