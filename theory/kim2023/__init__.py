"""Kim, Kim, Mozafari (2023): Provable Memorization Capacity of Transformers (ICLR 2023).

Only the abstract and Section 1 are at hand. What they print is claimed as printed; the construction behind Theorems 3.1 and
4.1 is a reconstruction of ours (`reconstruction=True`, no printed words). Indices run from 0. `relu(t)` is written (t + |t|)/2.

    abstract.py        the four sentences of the abstract that state results
    section1.py        the introduction and its contributions
    section1_1.py      related work
    section3.py        the construction of Theorem 3.1: contexts, ranges, counts, bits, softmax
    section4.py        sequence classification and language modelling
"""
DECIDED_ROWS = ["K1:K21"]
