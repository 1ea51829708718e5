"""The routes: independent ways of deciding a claim, each `run(claim, seed) -> Evidence` (the proof route needs the kernel)."""
