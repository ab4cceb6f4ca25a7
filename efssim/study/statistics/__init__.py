"""What trials say, with confidence."""
