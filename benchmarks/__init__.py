"""Comparisons of speed and memory, each made in one run. Imports the other packages; none imports it."""
