"""What a seam alone is called with: drawn by what a real call had, or recorded."""
