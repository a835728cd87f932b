"""What is measured on: its processors, versions and limits."""
