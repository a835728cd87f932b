"""What profilers are made of and give: stacks, tables of calls, what is waiting, and the `Profile` of all of them."""
