"""The simulator, row by row of what the two vendors are known to do."""
