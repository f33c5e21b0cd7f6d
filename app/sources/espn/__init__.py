"""ESPN's public scoreboards. Undocumented: every field is optional until it is needed."""
