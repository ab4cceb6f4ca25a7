"""Cost of a run: bytes on the wire, and the costs in the summary."""
