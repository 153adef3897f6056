"""Other thresholds for a version's weights: what they would come to, before anything is saved."""
