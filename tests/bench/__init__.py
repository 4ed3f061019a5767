"""How fast is it, and what does it cost, beside references taken in the same run? `make bench`."""
