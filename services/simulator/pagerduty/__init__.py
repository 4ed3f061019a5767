"""PagerDuty: its records, the changes made to them, and its REST API v2."""
