"""The queue in every weather that the vendors can make."""
