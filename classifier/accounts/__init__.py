"""Signing in: limits on guessed passwords, and what a new password ends."""
