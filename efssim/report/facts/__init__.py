"""Facts of a run or a study that reports state."""
