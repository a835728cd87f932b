"""`perfkit compare`: what to measure (agenda), the session (run), and what it means (judge)."""
