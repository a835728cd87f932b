"""What a worker does when it is asked: one file for each family of requests."""
