"""What holds for every test?"""

from hypothesis import settings

# How long an example takes is the machine's affair; speed is measured by `make bench`.
settings.register_profile("rota", deadline=None)
settings.load_profile("rota")
