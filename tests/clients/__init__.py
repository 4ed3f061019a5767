"""Do the clients read what the vendors send, and survive what they should not send?"""
