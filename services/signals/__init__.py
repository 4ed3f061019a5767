"""How does a deadline reach a person who is looking elsewhere?"""
