"""One trial, and what of it is evidence."""
