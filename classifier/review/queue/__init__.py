"""The photos that wait for a moderator: what is queued, who holds which, and what they see."""
