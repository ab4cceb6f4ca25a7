"""Words, numbers and terms that every report uses."""
