"""Where the games come from: sources say which games exist."""
