"""Breaks a running system while photos are uploaded, and counts what became of them.

`make chaos` runs the large form; `test_chaos.py` a short one. A seed names a schedule of faults.
"""
