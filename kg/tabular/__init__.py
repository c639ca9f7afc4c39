"""Tables to facts: structure, known forms, row labels, sections, and the reading under which a broken row adds up."""
