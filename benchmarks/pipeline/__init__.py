"""Pending rows to stored tags: what could be at most, and how much more than others that is.

The references of the same run: the ceiling (the same engine's pass and the same decoding, with
nothing between them), the straightforward way (`one_by_one`), and servers of models with adaptive
batching (`--against litserve --against bentoml`). `python -m benchmarks.pipeline`.
"""
