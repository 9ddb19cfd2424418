"""The floor that crawler, web and deploy stand on: all that knows the SQLite file."""
