"""Sentences to facts: numbers, roles, subjects, and what a paragraph tells."""
