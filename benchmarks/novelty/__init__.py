"""Detectors of photos that are none of our goods, compared on kinds and sources left out."""
