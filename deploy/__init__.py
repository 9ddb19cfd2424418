"""Publishes the database: the steps of `make publish`."""
