"""Positions: folded from fills, marked at the bid, sold by their rules, and settled."""
