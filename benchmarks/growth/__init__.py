"""What the product asks the database for, as its tables grow."""
