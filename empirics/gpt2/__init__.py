"""GPT-2 and its smaller siblings: shapes, text, tokens, splits, and the exchange with `transformers`.

  shapes   GPT-2 small and siblings as Shapes of empirics.training.model, from and to GPT2Config
  convert  weights to and from GPT2LMHeadModel, and folders that from_pretrained reads
  sources  documents: local text, or OpenWebText through `datasets` (the one place that needs a network)
  tokens   tokenizers (GPT-2's BPE, characters) and memory-mapped token files
  splits   the first 100, 1 and 0.1 % of a token file, each with a held-out part

`python -m empirics.gpt2 prepare --source TEXT --out FILE` writes a token file.
"""
