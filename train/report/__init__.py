"""What a person reads of an evaluation: figures, tables, pages, and the model card."""
