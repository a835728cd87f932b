"""The measured side: it is told what to run, proves and times it, and answers."""
