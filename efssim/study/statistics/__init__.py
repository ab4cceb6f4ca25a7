"""Statistics of trials, with confidence."""
