"""Settings of an alarm tried side by side on the same trials."""
