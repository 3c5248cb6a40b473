"""Manifests: files of other systems that say what belongs to a case."""
