"""What `GET /metrics` tells: every measure by a name that stays, gathered from what is told already."""
