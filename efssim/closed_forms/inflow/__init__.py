"""Mean flows of write streams."""
