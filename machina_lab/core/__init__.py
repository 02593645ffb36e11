"""
The factory engine. Standard library only.
"""
