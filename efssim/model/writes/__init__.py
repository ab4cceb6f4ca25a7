"""Write streams and the journals that keep their writes."""
