"""One file a step, oldest first by ``down_revision``."""
