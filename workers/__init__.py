"""Clocks: what runs by itself. A worker reads, calls one room, writes."""
