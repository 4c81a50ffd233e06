"""The one kind of error that a bench shows to a person."""


class BenchError(Exception):
    """Something kept a measurement from being taken; the text says what, and what mends it."""
