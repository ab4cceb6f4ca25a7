"""Choices among scenarios as people hold them."""
