"""From counts to pictures: which cells a pixel wants, and how a count becomes a shade."""
