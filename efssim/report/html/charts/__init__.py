"""Figures of pages that scripts bring to life."""
