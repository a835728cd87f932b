"""Where the code under test comes from: one Source each."""
