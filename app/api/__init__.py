"""HTTP: pictures, rows, exports and health, each behind one class that needs an actor."""
