"""The report on a runway: text, figure, page and files."""
