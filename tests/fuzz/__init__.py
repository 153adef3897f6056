"""Gives damaged and hostile files to what web processes and workers do with a photo.

`make fuzz` runs the large form; `test_fuzz.py` a short one. A seed and a number name a file.
"""
