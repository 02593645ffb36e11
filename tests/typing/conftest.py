"""
`api.py` is read by type checkers, never imported: no doctests are looked for in it.
"""

collect_ignore = ["api.py"]
