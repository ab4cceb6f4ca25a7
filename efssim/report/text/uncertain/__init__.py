"""Reports on a terminal where parameters are not known."""
