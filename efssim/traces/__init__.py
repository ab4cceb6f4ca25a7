"""Files of measured writes."""
