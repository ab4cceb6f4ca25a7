"""Reports of a calibration: text, figures, page and files."""
