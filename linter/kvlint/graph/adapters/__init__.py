"""Adapters make entities of resources. Field names of a format live here and nowhere else."""
