"""A result in, text, Markdown or JSON out. The only place that formats numbers."""
