"""Benchmarks, run by `make bench`. No test depends on the results."""
