"""Options of studies: parts of them, folders that keep them, and their progress."""
