"""Model versions in the admin: the table, the page of one, and tagging photos again."""
