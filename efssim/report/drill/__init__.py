"""Reports of drills: tables, text, the chart of the phases, and the page."""
