"""The organisation's metadata: tables, columns, relationships, keys and choices, as plain data.

Nothing here knows SQL, HTTP or JSON; the store keeps rows by this model and the API shows it to clients.
"""
