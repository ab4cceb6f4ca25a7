"""Reports for people: texts, figures, pages, and the files under `--out`."""
