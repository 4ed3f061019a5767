"""Who answers when, what is missing, and may it be changed? Pure: told shifts and the time."""
