"""Requests and replies of AWS, answered by a simulation."""
