"""Text to token files, trained runs to model folders.

  python -m empirics.gpt2 prepare --source TEXT --out FILE    a token file of a text (or of OpenWebText, with a network)
  python -m empirics.gpt2 export --run DIR --out FOLDER       a GPT-2 of a training run, as `from_pretrained` reads it
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from empirics.command import command
from empirics.gpt2 import sources, tokens


@command("gpt2")
def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m empirics.gpt2", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    prepare = commands.add_parser("prepare", help="tokenize a text into a memory-mapped file")
    prepare.add_argument("--source", default=str(sources.NOVELS), help="a text (.txt or .xz), or `openwebtext`; default: the "
                                                                       "shipped novels")
    prepare.add_argument("--tokenizer", choices=("gpt2", "characters"), default="gpt2")
    prepare.add_argument("--out", type=Path, required=True, help="FILE.bin and FILE.json are written")
    export = commands.add_parser("export", help="write the newest checkpoint of a run as a model folder")
    export.add_argument("--run", type=Path, required=True, help="folder of a run's checkpoints")
    export.add_argument("--out", type=Path, required=True, help="folder for config.json and model.safetensors")
    given = parser.parse_args(argv)
    if given.command == "export":
        from empirics.gpt2 import convert
        model = convert.from_run(given.run)
        convert.save(model, given.out)
        print(f"{given.out}: {model.shape.layers} layers, d_emb {model.shape.width}, vocabulary {model.shape.vocabulary:,}")
        return
    made = tokens.gpt2() if given.tokenizer == "gpt2" else tokens.characters(sources.documents(given.source))
    name = given.source if given.source == sources.OPENWEBTEXT else Path(given.source).name
    head = tokens.write(sources.documents(given.source), made, given.out, name)
    print(f"{given.out.with_suffix('.bin')}: {head['tokens']:,} tokens of {head['documents']} documents, vocabulary "
          f"{head['vocabulary']:,}")


if __name__ == "__main__":
    sys.exit(main())
