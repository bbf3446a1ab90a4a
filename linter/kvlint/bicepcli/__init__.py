"""The Bicep CLI as a second reader, through a subprocess that may fail in every way.

``program`` finds it, ``child`` runs it within limits, ``protocol`` frames its JSON-RPC,
``diagnostics`` reads what it prints, ``reach`` tells which files it can take without a
network, ``compiler`` asks it, ``opinion`` puts its answers beside those of kvlint's reader.
"""
