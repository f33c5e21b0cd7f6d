"""Crosscourt: live sports on prediction markets."""
