"""Runways: the answer that people hold, and the function that finds it."""
