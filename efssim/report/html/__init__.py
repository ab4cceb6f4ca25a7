"""report.html: one page without anything from outside, for whoever does not run efssim."""
