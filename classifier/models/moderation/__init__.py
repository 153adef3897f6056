"""What moderators work with besides queue and reviews."""
