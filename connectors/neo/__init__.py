"""NEO, the CRM, through the Dataverse Web API: tokens, reading with change tracking, bulk writing, definitions.

This folder knows the protocol and nothing of our rules: which table, which column and which value arrive as
arguments. `open_neo(settings)` in `connectors.neo.client` is the way in.
"""
