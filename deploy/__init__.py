"""From a database to the published site: built, tried, deployed."""
