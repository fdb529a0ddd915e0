"""Explorations and conversations as finished lines of text, in English and Japanese; what a screen or a file does with them is not known here."""
