"""Readers: text in, trees with exact spans out. No meaning is given to anything here."""
