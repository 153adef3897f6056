"""What operators need: who is alive, what is wrong now, figures for monitoring."""
