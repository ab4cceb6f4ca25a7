"""The classes that people hold: results with plots and displays, simulations to step through."""
