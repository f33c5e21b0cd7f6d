"""Drills: a fault is made on purpose while the platform runs on paper, and a stopwatch says when it is safe again.

Everything is provoked and seen from outside: over the platform's own API, and over the faults of simulated venues.
"""
