"""Results that are kept over studies: each in a file of its own, by all that it depends on."""
