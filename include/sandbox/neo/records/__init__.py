"""The rules of rows: what a payload may hold, what the server fills in, what a write drags along.

Independent of HTTP: the API, the seeding and the pages all write through `Writer`.
"""
