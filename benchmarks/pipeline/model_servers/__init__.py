"""The same weights behind servers of models, as their documentation shows it."""
