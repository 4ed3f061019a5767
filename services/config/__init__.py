"""What has the team decided? One `config.toml`, read and checked whole before anything starts."""

from services.config.files import find, load
from services.config.tables import Config

__all__ = ["Config", "find", "load"]
