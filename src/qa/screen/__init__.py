"""Answers, lists and citations on a terminal: the commands and how they look."""
