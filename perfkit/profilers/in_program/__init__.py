"""What profiles a whole program from inside of its process, one file each: `collector(rate)` gives a function.

That one runs the program and writes what it saw into the file that it is told. perfkit names these files and reads
what they write; a program's own interpreter runs them, by `sources/program.py`. So they import what is part of the
interpreter, and what a profiler needs: the program must find its own modules, and pay for what it imports.
"""
