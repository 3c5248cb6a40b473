"""The lake, the journal, ingest, queries and analysis: no web in here, usable from a notebook."""
