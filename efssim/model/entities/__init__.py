"""File systems, replications and the network between Regions."""
