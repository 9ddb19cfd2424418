"""What things cost; `make bench` runs it. No test depends on these figures."""
