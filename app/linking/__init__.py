"""What a session shares between its views: the selection, its coordinator, its address."""
