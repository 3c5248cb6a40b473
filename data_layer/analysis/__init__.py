"""Pure functions over arrays: what a genome shows, each rule with its source and its limits."""
