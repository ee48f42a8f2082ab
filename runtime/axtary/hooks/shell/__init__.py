"""Commands of a shell as the files and hosts that they touch, where that can be told from their text for certain."""
