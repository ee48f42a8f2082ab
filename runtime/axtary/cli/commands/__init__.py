"""The commands and their options, a module for each group. What they do is in the modules above this folder."""
