"""Profile quality: completeness, goodness and export experience of a golden record, and what would lift its class."""
