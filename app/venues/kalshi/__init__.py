"""Kalshi's trade API v2: events of YES and NO markets, and milestones that say which game they speak about."""
