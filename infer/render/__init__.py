"""Documents out: one module a format, and `record`, the contract that all of them print."""
