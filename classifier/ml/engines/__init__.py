"""Engines: what runs the backbone in a worker. Same weights, same decisions, other speed."""
