"""What all code of one process shares: looked at, compared, put back."""
