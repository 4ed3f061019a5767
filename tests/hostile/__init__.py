"""What strangers, networks and other people's laptops may do to us, and how little comes of it."""

import pytest

pytest.register_assert_rewrite("tests.hostile.terminal")
