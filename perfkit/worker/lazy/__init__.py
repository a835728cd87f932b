"""Results that are not there when a call returns, and are consumed before the clock stops."""
