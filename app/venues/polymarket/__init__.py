"""Polymarket (global): Gamma is its catalogue, the CLOB its order books."""
