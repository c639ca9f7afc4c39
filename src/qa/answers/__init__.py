"""What a question asks for to an answer: facts found, chosen, set against each other, cited; or the refusal that says what is missing."""
