"""The metadata half of the Web API: definitions of tables, columns, relationships, keys and choices."""
