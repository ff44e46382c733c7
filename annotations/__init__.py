"""The annotated corpus and the tools that read, check and compare it."""
