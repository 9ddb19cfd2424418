"""A stand-in for SPOJ: serves SPOJ's past lists from data/ in SPOJ's markup."""
