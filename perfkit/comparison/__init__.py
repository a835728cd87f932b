"""`perfkit compare`: what to measure (plan), the session (run), and what it means (judge)."""
