"""Records of a run, and the laws that they must satisfy."""
