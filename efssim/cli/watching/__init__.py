"""`efssim run --watch`: a command that runs again on each change of its files."""
