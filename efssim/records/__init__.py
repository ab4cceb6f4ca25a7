"""What a run leaves behind, and the laws that it must satisfy."""
