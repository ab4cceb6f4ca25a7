"""Write streams and the journals that keep what they wrote."""
