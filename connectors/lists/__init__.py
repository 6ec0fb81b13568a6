"""One parser per format of screening list; each turns the files of one publication into `ListEntry` records.

Nothing here fetches, stores or compares: the ingest stage does that, the same for every list.
"""
