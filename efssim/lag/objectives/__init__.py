"""Objectives besides the RPO: shares of time, writes or bytes within a target."""
