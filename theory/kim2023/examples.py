"""Points at which the claims are tried first: small runs of the construction in exact arithmetic.

Random draws seldom satisfy a recursion, or name a permutation with its inverse.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Any, Callable, Sequence

F = Fraction
Point = dict[str, Any]


def _contexts(features: Sequence[Sequence[int]], kind: str, beta) -> list[list[Fraction]]:
    if kind == "prefix":
        return [[F(sum(row[:k + 1])) for k in range(len(row))] for row in features]
    return [[F(beta) * a + sum(row) for a in row] for row in features]


def table(features: Sequence[Sequence[int]], kind: str = "token", beta=1, label: Callable[[int], Any] = lambda k: F((7 * k * k
    + 3) % 5)) -> Point:
    """Sequences with their context ids, sorted, and labels that depend on the id alone. kind: token, prefix or pooled."""
    n = len(features[0])
    point: Point = {"N": len(features), "n": n, "a": features}
    places = [[F(sum(row))] for row in features] if kind == "pooled" else _contexts(features, kind, beta)
    ids = sorted({z for row in places for z in row})
    values = [label(k) for k in range(len(ids))]
    number = [[ids.index(z) for z in row] for row in places]
    labels = [[values[k] for k in row] for row in number]
    if kind == "pooled":
        number, labels = [row[0] for row in number], [row[0] for row in labels]
    point |= {"M": len(ids), "s": ids, "v": values, "c": number, "y": labels}
    return point | ({"beta": beta} if kind == "token" else {})


SEQUENCES = ([[1]], [[1, 2]], [[2, 2]], [[1, 2], [2, 1]], [[1, 1], [2, 2]], [[1, 5, 2]], [[1, 1, 4], [4, 4, 1]], [[1, 7], [3,
    5], [2, 6]],
             [[2, 9, 2, 2]], [[3], [1], [2]], [[4, 8, 15], [16, 23, 42]])


def tables(kind: str) -> tuple[Point, ...]:
    return tuple(table(rows, kind, beta) for rows, beta in zip(SEQUENCES, (1, 10, 3, 10, F(1, 1), 2, 10, 50, -20, 7, 100)))


# one context z twice, a layer b_0 + 2 relu(z) and two labels
EQUAL_CONTEXTS = tuple({"h": 1, "b_0": b, "w": [1], "b": [0], "o": [2], "z": z, "z_1": z, "y_0": y, "y_1": w} for b, z, y, w in (
    (0, 0, 0, 1), (1, 1, 3, 3), (0, 2, 4, 4), (0, -1, 0, 0), (F(1, 2), 1, 0, 3), (0, 1, 5, -1), (3, 0, 1, 2), (-1, 4, 7, 7)))

# permutations with their inverses, some of them not their own
ORDERS = ([0], [1, 0], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 2, 3, 0], [3, 1, 0, 2], [0, 1], [2, 1, 0], [1, 0, 3, 2])


def inverse(order: Sequence[int]) -> list[int]:
    return [list(order).index(k) for k in range(len(order))]


def ordered_sequences() -> tuple[Point, ...]:
    """A sequence, an order of its tokens, a hidden layer, and the labels that this layer gives"""
    out = []
    for turn, order in enumerate(ORDERS):
        n = len(order)
        rows = [[F(3 * k * k + turn + 2 * i, 1 + i) for k in range(n)] for i in range(1 + turn % 2)]
        beta, base = F(turn - 4, 3), F(turn % 3 - 1)
        w, b, o = [F(1), F(-1, 2)], [F(-turn), F(2)], [F(2), F(-1 - turn)]
        def net(z):
            return base + sum(c * max(u * z + v, 0) for u, v, c in zip(w, b, o))
        labels = [[net(beta * a + sum(row)) for a in row] for row in rows]
        out.append({"N": len(rows), "n": n, "h": 2, "a": rows, "beta": beta, "b_0": base, "w": w, "b": b, "o": o, "y": labels,
                    "p": order, "q": inverse(order)})
    return tuple(out)


def scored() -> tuple[Point, ...]:
    """Scores between tokens, values of tokens, an order"""
    return tuple({"n": len(order), "p": order, "q": inverse(order), "v": [F(k * k + turn, 2) for k in range(len(order))],
                  "s": [[F((3 * k - 2 * l + turn) % 5, 2) for l in range(len(order))] for k in range(len(order))]}
                 for turn, order in enumerate(ORDERS))


def extraction(ids: Sequence[int]) -> Point:
    """What n layers leave of the ids: the largest goes, layer by layer"""
    big, n = 2 * max(ids) + 2, len(ids)
    rows = [[F(z) for z in ids]]
    for _ in range(n):
        top = max(rows[-1])
        rows.append([x - big * max(x - top + 1, 0) for x in rows[-1]])
    return {"n": n, "T": n + 1, "R": max(ids), "z": list(ids), "x": rows}


IDS = ([1], [1, 2], [2, 1], [2, 2], [3, 1, 2], [1, 1, 4], [4, 4, 4], [5, 2, 5, 1], [1, 2, 3, 4], [7, 7, 3], [9, 1])


def flood(edges: Sequence[Sequence[int]], ids: Sequence[int], walk: Sequence[int]) -> Point:
    """Masked maxima along a walk that starts at the largest id"""
    rows = [[F(z) for z in ids]]
    for _ in walk[1:]:
        rows.append([max(e * z for e, z in zip(row, rows[-1])) for row in edges])
    return {"n": len(ids), "T": len(walk), "e": edges, "c": rows, "q": list(walk)}


def ring(n: int) -> list[list[int]]:
    """k attends to itself and to k - 1"""
    return [[int(l in (k, (k - 1) % n)) for l in range(n)] for k in range(n)]


def star(n: int) -> list[list[int]]:
    return [[int(k == l or 0 in (k, l)) for l in range(n)] for k in range(n)]


FLOODS = (flood([[1]], [3], [0]), flood([[1]], [3], [0, 0]), flood(ring(3), [5, 1, 2], [0, 1, 2]), flood(ring(3), [1, 2, 9], [2,
    0, 1]),
          flood(ring(4), [4, 1, 2, 3], [0, 1, 2, 3]), flood(star(4), [1, 2, 3, 8], [3, 0, 1]), flood(star(4), [2, 7, 3, 1], [1,
              0, 0, 2]),
          flood(star(3), [6, 1, 1], [0, 2]), flood(ring(2), [1, 4], [1, 0]), flood(ring(5), [9, 1, 2, 3, 4], [0, 1, 2, 3, 4]),
          flood([[1, 0], [1, 1]], [F(7, 2), F(1, 3)], [0, 1, 1]))


STAR_ORDERS = ([0, 1, 2, 3], [1, 0, 2, 3], [1, 2, 0, 3], [3, 2, 1, 0], [4, 0, 1, 2, 3], [1, 2, 3, 0, 4], [2, 0, 1, 3],
               [0, 3, 1, 2],
               [2, 3, 1, 0])
ONCE = ([0], [1], [1, 0], [0, 1], [1, 1], [0, 1, 1], [1, 1, 1, 0], [1, 0, 0, 1])      # how often each id occurs


def word(bits: Sequence[int]) -> Point:
    """The two registers while the triangle wave is folded"""
    k = len(bits)
    powers = [F(2) ** (k + 1 - i) for i in range(k + 1)]
    rest = [F(2)]
    for b, p in zip(reversed(bits), reversed(powers[:-1])):
        rest.insert(0, b * p + rest[0])
    x, y = [rest[0]], [rest[0] - 1]
    for p in powers[:-1]:
        for register in (x, y):
            register.append(register[-1] - 2 * max(register[-1] - p, 0))
    return {"K": k, "T": k + 1, "b": list(bits), "p": powers, "w": rest, "x": x, "y": y}


WORDS = tuple(word(bits) for bits in ([0], [1], [0, 1], [1, 0], [1, 1], [0, 0, 1], [1, 0, 1], [1, 1, 0], [1, 1, 1, 1], [0, 1, 1,
    0], [1, 0, 0, 1, 1]))


def strings() -> tuple[Point, ...]:
    """Starts of groups, their words, an id and its group"""
    starts, words = [F(1), F(3), F(4), F(9)], [F(5), F(-2), F(7), F(1)]
    out = []
    for m, z, g in ((1, 1, 0), (1, 40, 0), (2, 1, 0), (2, 2, 0), (2, 3, 1), (3, F(5, 2) - F(1, 2), 0), (3, 4, 2), (4, 3, 1), (4,
        8, 2), (4, 9, 3),
                    (4, 77, 3), (4, F(15, 2), 2)):
        out.append({"M": m, "s": starts[:m], "v": words[:m], "z": F(z), "g": g})
    return tuple(out)


def slots() -> tuple[Point, ...]:
    ids, labels = [F(2), F(4), F(5), F(9)], [F(1), F(3), F(0), F(4)]
    return tuple({"B": b, "C": c, "a": ids[:b], "y": labels[:b], "z": ids[j], "j": j}
                 for b, j, c in ((1, 0, 1), (2, 0, 3), (2, 1, 3), (3, 0, 3), (3, 1, 3), (3, 2, 4), (4, 0, 4), (4, 1, 4), (4, 2,
                     5), (4, 3, 4)))


def blocks() -> tuple[Point, ...]:
    """Sizes at which the bound is nearly attained: M one beyond a multiple of B, B just rounded up"""
    out = []
    for d, n, rho, c, b in ((1, 1, 1, 0, 1), (3, 1, 2, 1, 2), (2, 2, 1, 0, 5), (1, 1, 1, 0, 40), (7, 7, 1, 0, 60), (1, 7, 1, 1,
        90), (16, 8, 20, 5, 3),
                            (4, 1, 3, 2, 30), (1, 2, 2, 0, 100), (5, 1, 1, 2, 70), (1, 1, 1, 0, 200)):
        slot = 9 * (rho + c) + 15
        room = range(slot * (b - 1) ** 2 // 8 + 1, slot * b * b // 8 + 1)
        fitting = [m for m in room if m % n == 0]
        m = next((m for m in fitting if m % b == 1), fitting[0])
        out.append({"d": d, "n": n, "N": m // n, "M": m, "rho": rho, "c": c, "B": b, "A": -(-m // b)})
    return tuple(out)


def ranges(once: bool) -> tuple[Point, ...]:
    """Context ids near the top of their range"""
    out = []
    for n, m, top in ((1, 1, 1), (2, 1, 4), (2, 2, 4), (2, 1, 20), (1, 4, 1), (3, 3, 3), (4, 2, 5), (2, 3, 2), (3, 1, 9), (5, 2,
        5), (4, 1, 48)):
        w = m * m
        counts = ([n] + [0] * (n - 1)) if once else [n] * n
        z = w * (n * top + sum(counts) + top)
        out.append({"n": n, "M": m, "R": top, "rho": z.bit_length(), "u": [w] * n, "v": [w] * n, "m": [top] * n, "k": counts,
                    "beta": w, "z": top})
    zero = [0] * 12
    return (*out, {"n": 12, "M": 1, "R": 1, "rho": 1, "u": zero, "v": zero, "m": zero, "k": zero, "beta": 1, "z": 1})


def codes(short: bool) -> tuple[Point, ...]:
    """Distinct codes for all labelings of M contexts"""
    out = []
    for c, m, b in ((1, 1, 1), (2, 1, 1), (2, 2, 2), (3, 1, 2), (2, 3, 3), (4, 1, 2), (3, 2, 4), (1, 5, 1), (2, 2, 5), (5, 1,
        3), (2, 4, 4)):
        many = c ** m
        short_by = 1 if short and (2 ** b - 1 >= many) and b > 1 else 0
        b -= short_by
        order = list(range(many))
        out.append({"C": c, "M": m, "b": b, "L": many, "p": order[1:] + order[:1]})
    return tuple(out)


def cells() -> tuple[Point, ...]:
    return tuple({"n": n, "K": k, "d": d, "p": [(k ** d - 1 - i) for i in range(n)]}
                 for n, k, d in ((1, 1, 1), (1, 1, 3), (2, 2, 1), (3, 3, 1), (4, 2, 2), (2, 3, 2), (5, 5, 1), (8, 2, 3), (9, 3,
                     2), (3, 4, 2)))


def attention(rows: Sequence[Sequence[int]], temperature, weights: Sequence) -> Point:
    """Softmax layers over ids, their maxima and where these are"""
    return {"T": len(rows), "n": len(rows[0]), "a": rows, "m": [max(r) for r in rows], "k": [r.index(max(r)) for r in rows],
            "lambda": temperature, "u": list(weights)}


LAYERS = (([[3, 1]], 1), ([[5, 5]], 1), ([[1, 9]], 1), ([[4, 2, 0]], 2), ([[8, 8, 2], [2, -20, 0]], 1), ([[6, 4], [4, 2]], 3),
          ([[1, 3, 5, 7], [5, 1, 3, -9]], 2), ([[0, 2, 0]], 1), ([[10, 0]], 1), ([[2, 0, 0, 0]], 1), ([[-3, -5]], 1))
