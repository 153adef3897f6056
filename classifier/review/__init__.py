"""The review queue: who looks at which photo next, and what becomes of their verdict.

No other package of the product is needed here but the models; doors call these functions.
"""
