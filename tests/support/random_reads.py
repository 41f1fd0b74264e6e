#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""random_reads.py FILE COPY READERS READS: so many processes read so many pieces
of FILE at random offsets, and compare them with COPY."""
import os
import random
import sys


def read_pieces(path, copy, reads, seed):
    chance = random.Random(seed)
    one, other = os.open(path, os.O_RDONLY), os.open(copy, os.O_RDONLY)
    size = os.fstat(other).st_size
    for _ in range(reads):
        offset, count = chance.randrange(size), chance.randrange(1, 20000)
        if os.pread(one, count, offset) != os.pread(other, count, offset):
            sys.exit(f"{count} bytes at {offset} differ")


def main(path, copy, readers, reads):
    children = []
    for seed in range(int(readers)):
        child = os.fork()
        if child == 0:
            read_pieces(path, copy, int(reads), seed)
            os._exit(0)
        children.append(child)
    if any(os.waitpid(child, 0)[1] for child in children):
        sys.exit(1)
    print(int(readers) * int(reads), "reads are equal")


main(*sys.argv[1:])
