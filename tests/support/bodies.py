"""
Bodies of factories that many tests need.
"""


def empty() -> dict[str, object]:
    """
    Return an empty dict: every field has the default of its class.
    """
    return {}
