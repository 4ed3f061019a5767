"""Both vendors in memory, speaking HTTP, for the demo, for rehearsals and for the tests."""
