"""The SQLite file. The crawler, the site and its deployment build on this package."""
