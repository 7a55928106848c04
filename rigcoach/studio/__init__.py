"""The studio: a local page to practise from, and a phone to practise with. It calls what the commands call."""
