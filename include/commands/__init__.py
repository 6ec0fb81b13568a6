"""Command groups of `hub`, one module each. They print; what they print is computed elsewhere."""
