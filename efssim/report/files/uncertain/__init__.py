"""Files of studies where parameters are not known."""
