"""Edges: which contracts together are worth more than they cost, and why the others are not."""
