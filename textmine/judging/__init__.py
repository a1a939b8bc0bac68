"""Where the jury decides: panels, judges, scores, tally and minutes."""
