"""How many machines so many photos a day need: pure functions, no Django."""
