"""Studies over parameter sets, as people hold them."""
