"""How fast the harvest is, beside what others would write: `make bench`, or `python -m bench --help`.

Nothing here is part of the product. `docs/speed.md` says what is measured and holds the last results.
"""
