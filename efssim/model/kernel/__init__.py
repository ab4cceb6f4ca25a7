"""The clock, the draws and the causes that every part of the model uses."""
