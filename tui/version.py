"""Which rota is this?"""

VERSION = "0.1.0"
"""As in `pyproject.toml`, where a test holds it; asking the installed package is slow."""
