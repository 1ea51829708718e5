"""Floor 2: the language of claims, the kernel, the routes, and the papers (one folder each)."""
