"""Published traces of block devices: single writes with their places."""
