"""Whether the photos of a day are like those before: daily figures, a rule, example photos."""
