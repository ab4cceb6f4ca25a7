"""report.html: one page that loads nothing, for readers who do not run efssim."""
