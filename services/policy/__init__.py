"""When promises fall due. Pure: it reads no clock, no file and no network."""
