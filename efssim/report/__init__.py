"""What people read: the text report, the figures and the files under `--out`."""
