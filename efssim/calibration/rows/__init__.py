"""Syncs with bounds of their duration, their bytes, and what they say about interval and gap."""
