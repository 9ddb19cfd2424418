"""A stand-in for SPOJ: serves a made-up list of classical problems as the site serves its own."""
