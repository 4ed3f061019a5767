"""The screens. A screen is a mode; there are no mode flags."""
