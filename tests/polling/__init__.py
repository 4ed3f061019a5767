"""Tests of the polling rooms."""
