"""Reviews in the admin: the table, the queue page and its endpoints, confirming from a list."""
