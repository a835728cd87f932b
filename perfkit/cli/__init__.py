"""The commands, one file each: parse, call `perfkit.app`, print, exit."""
