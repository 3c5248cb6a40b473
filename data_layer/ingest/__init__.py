"""Reading files people have, and writing them as a case."""
