"""Measurements; each prints a table and a ratio against a named reference."""
