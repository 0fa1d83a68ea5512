"""Walks along rings of chips, for a listing that is longer than a page."""

import sys
from collections import deque


def ring(chips):
    """Return the successor of each chip on a ring of so many."""
    if chips < 1:
        raise ValueError(f"a ring of {chips} chips")
    return {chip: (chip + 1) % chips for chip in range(chips)}


def walk(after, start):
    """Yield each chip once, from the start."""
    chip = start
    while True:
        yield chip
        chip = after[chip]
        if chip == start:
            return


def length(after, start=0):
    """Count the chips of a walk."""
    return sum(1 for _ in walk(after, start))


def torus(columns, rows):
    """Return the neighbours of each chip of a torus."""
    neighbours = {}
    for x in range(columns):
        for y in range(rows):
            neighbours[x, y] = {
                ((x + 1) % columns, y),
                ((x - 1) % columns, y),
                (x, (y + 1) % rows),
                (x, (y - 1) % rows),
            }
    return neighbours


def twisted(columns, rows, shift):
    """Return the same, but for a wrap that moves by some rows."""
    neighbours = torus(columns, rows)
    last = columns - 1
    for y in range(rows):
        moved = (y + shift) % rows
        neighbours[last, y].discard((0, y))
        neighbours[0, y].discard((last, y))
        neighbours[last, y].add((0, moved))
        neighbours[0, moved].add((last, y))
    return neighbours


def distances(neighbours, start):
    """Return how many links each chip is away."""
    far = {start: 0}
    waiting = deque([start])
    while waiting:
        chip = waiting.popleft()
        for other in neighbours[chip]:
            if other not in far:
                far[other] = far[chip] + 1
                waiting.append(other)
    return far


def diameter(neighbours):
    """Return the longest of all shortest ways."""
    return max(max(distances(neighbours, chip).values()) for chip in neighbours)


def mean_distance(neighbours):
    """Return the mean over all pairs of different chips."""
    total = sum(sum(distances(neighbours, chip).values()) for chip in neighbours)
    count = len(neighbours)
    return total / (count * (count - 1))


def links(neighbours):
    """Return each link once, as a pair of chips."""
    return {tuple(sorted((one, other))) for one in neighbours for other in neighbours[one]}


def cut(neighbours, side):
    """Count the links that leave a set of chips."""
    return sum(1 for one in side for other in neighbours[one] if other not in side)


def halves(columns, rows):
    """Yield the halves of a torus along each of its two sides."""
    yield {(x, y) for x in range(columns // 2) for y in range(rows)}
    yield {(x, y) for x in range(columns) for y in range(rows // 2)}


def bisection(neighbours, columns, rows):
    """Return the smallest cut into such halves."""
    return min(cut(neighbours, half) for half in halves(columns, rows))


def report(name, neighbours, columns, rows):
    """Write a line about a network."""
    print(
        f"{name:>8}: {len(neighbours):4} chips, diameter {diameter(neighbours):2}, "
        f"mean {mean_distance(neighbours):5.2f}, bisection {bisection(neighbours, columns, rows):3}"
    )


def main(arguments):
    """Compare a torus with its twists."""
    columns = int(arguments[0]) if arguments else 4
    rows = 2 * columns
    assert length(ring(columns)) == columns
    report("torus", torus(columns, rows), columns, rows)
    for shift in range(1, rows):
        name = f"twist {shift}"
        report(name, twisted(columns, rows, shift), columns, rows)
    best = min(range(rows), key=lambda shift: mean_distance(twisted(columns, rows, shift)))
    print(f"The best twist moves by {best} rows of {rows}.")


if __name__ == "__main__":
    main(sys.argv[1:])
