"""Drawings of second-hand goods in the manner of shop photos, as SVG text."""
