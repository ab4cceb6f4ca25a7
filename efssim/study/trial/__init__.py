"""One trial, and its evidence."""
