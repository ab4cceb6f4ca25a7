"""The parts of a scenario file, each validated by itself."""
