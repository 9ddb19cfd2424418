"""Measurements; `make bench` runs them. No test depends on the figures."""
