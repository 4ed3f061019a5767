"""The screen as the operator has it: keys in, painted lines out."""
