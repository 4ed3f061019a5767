"""What do we ask of a person before something is sent, and what becomes of the answers?"""
