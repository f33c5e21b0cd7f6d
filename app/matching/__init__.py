"""The unified matcher: the only one in the code base."""
