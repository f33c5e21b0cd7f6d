"""What the trading core was told, kept on disk: written off the hot path, read back to the last whole piece."""
