"""Other thresholds for the same weights, with figures of their own."""
