"""From a scenario with fleets to one that has every item of them by itself."""
