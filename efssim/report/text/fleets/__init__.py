"""The text report of many replications, which sums them up to one screen."""
