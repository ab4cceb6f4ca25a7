"""YAML as plain data that knows where each part was written."""
