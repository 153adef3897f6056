"""What there is to learn from: reviews and base photos, each in its split."""
