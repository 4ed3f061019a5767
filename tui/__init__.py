"""Where rota is put together: command line, app, screens and keys."""
