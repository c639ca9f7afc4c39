"""A question in Chinese to what it asks for: units, years, phases, items, operations; the vocabulary comes from the library."""
