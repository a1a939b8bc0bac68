"""Award definitions: editions, categories, measures in a small safe language, eligibility and ties."""
