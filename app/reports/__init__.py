"""Reports: what was done in a period, and whether it was well done. Made by a process of their own."""
