"""Zendesk Support: its records, the changes made to them, and its API v2."""
