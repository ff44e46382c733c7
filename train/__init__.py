"""Fits the tagger: configs and annotated reports in, a checkpoint folder out."""
