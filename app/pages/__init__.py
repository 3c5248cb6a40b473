"""One page a file: puts views into a frame and drives them from one selection."""
