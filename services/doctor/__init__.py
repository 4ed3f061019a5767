"""Is everything as it has to be for a shift? One finding per question, each with what to do."""
