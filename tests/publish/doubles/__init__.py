"""Servers of our own on the loopback interface, strict where the real ones are."""
