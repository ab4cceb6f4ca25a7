"""The EFS API."""
