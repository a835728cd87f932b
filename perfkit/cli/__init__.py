"""The commands, one file each: parse, call `perfkit.api`, print, exit."""
