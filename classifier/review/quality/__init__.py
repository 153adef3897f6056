"""How far moderators agree, how far the model agrees with them, and the figures that show it."""
