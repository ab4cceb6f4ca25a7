"""Commands on scenarios in which parameters are not known."""
