"""A corpus larger than a machine: `python -m infer corpus/ --engine ray -o out/`, on Ray Data."""
