"""A simulation behind a port: AWS's services over HTTP, and a page that shows it."""
