"""Numbers of rows that come from outside, in an address or a form."""


def row_number(text: str) -> int | None:
    """Return the number that a text is; None if no row of a database could have it."""
    return int(text) if len(text) < 19 and text.isascii() and text.isdecimal() else None
