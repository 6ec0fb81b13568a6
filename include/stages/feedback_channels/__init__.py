"""How a queued message reaches its reader: one module per channel. What to say is queued already."""
