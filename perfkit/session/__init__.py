"""The parent's side: processes, the budget, who is to blame, and what was found."""
