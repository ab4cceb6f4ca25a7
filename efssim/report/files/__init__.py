"""Files under `--out`."""
