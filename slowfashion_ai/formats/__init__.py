"""The one form of dates and times on every page; Django reads it by language."""
