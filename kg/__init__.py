"""Documents to facts to graph. This package knows nothing of questions (see `qa`)."""
