"""The whole system on one machine: what `make run` and `make demo` start.

It stands beside the product: nothing imports it, and its demo talks to the product over HTTP only.
"""
