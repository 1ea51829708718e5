"""Floor 4, the face: it runs the claims, keeps what they cost, and shows what came out.

Nothing here knows how a proof is checked; `theory.decide` finds evidence, `theory.verdict` judges it.
"""
