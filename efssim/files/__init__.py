"""Files that are written whole or not at all, whatever happens to the process that writes them."""
