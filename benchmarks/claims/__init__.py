"""How often what studies claim is true: of five fixed scenarios, or of random ones."""
