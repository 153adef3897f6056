"""Guidelines and practice: what a moderator goes by, and learns from."""
