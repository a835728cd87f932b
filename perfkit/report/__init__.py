"""A result in, text, Markdown or JSON out. Numbers of tables are formatted in `numbers.py`."""
