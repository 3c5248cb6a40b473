"""Colours by meaning, the ramp of the pictures, and the page's templates."""
