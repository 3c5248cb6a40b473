"""Packaged reference tables: cytobands, genes and transcripts of both builds."""
