"""What `--json` prints, one file a command: results in, plain data out. Of `compare` it is the run itself."""
