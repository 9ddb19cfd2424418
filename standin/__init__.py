"""A stand-in for SPOJ: serves its lists of past days, from data/, as the site serves its own."""
