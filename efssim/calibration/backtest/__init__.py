"""A forecast of lag that was measured already: how far off it is, and whether to trust it."""
