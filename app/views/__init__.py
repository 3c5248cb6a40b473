"""One picture or table a file; no view knows another."""
