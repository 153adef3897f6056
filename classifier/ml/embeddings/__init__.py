"""A compact vector for each photo, and which photos look alike by it."""
