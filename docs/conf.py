"""How Sphinx builds the site of these pages: `make docs`."""

project = "perfkit"
author = "The perfkit authors"
copyright = author
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
html_theme = "furo"
html_title = project
