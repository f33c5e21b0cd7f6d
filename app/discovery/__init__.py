"""Which games are worked on, and what a pass over the venues' listings yields."""
