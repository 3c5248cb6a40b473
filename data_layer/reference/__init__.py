"""Packaged reference tables: bands, genes, transcripts, dosage and population variants."""
