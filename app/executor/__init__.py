"""Carries out: signals and instructions become orders, orders become fills, and everything is written down before it
is done."""
