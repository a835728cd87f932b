"""What is read from finished profiles: how much was seen, where several disagree, what moved, what a program did."""
