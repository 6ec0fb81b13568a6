"""The parts of the ingest stage: reading, the record contract, batch gates, merging, lists, replay."""
