"""How reads come in: a constant number of requests per cycle, whatever the size of the queue."""
