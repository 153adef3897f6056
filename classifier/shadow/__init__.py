"""A candidate beside the champion on live photos: start, tags, figures, and how it ends."""
