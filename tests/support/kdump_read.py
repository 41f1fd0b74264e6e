#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kdump_read.py DUMP MEMORY: compares a dump, as libkdumpfile sees it, with the
memory that it should hold; prints its format, and registers where it knows them."""
import sys

import kdumpfile

PAGE = 4096


def main(dump, memory):
    context = kdumpfile.kdumpfile(dump)
    attributes = context.attr
    print("format", attributes["file.format"], "arch", attributes["arch.name"])
    with open(memory, "rb") as clear:
        address = 0
        while page := clear.read(PAGE):
            if context.read(kdumpfile.KDUMP_MACHPHYSADDR, address, len(page)) != page:
                sys.exit(f"the page at {address:#x} differs")
            address += PAGE
    print("pages", address // PAGE)
    if "cpu" in attributes:
        for number in sorted(filter(str.isdigit, attributes["cpu"])):
            registers = attributes[f"cpu.{number}.reg"]
            print("cpu", number, "r15", hex(registers["r15"]), "psw", hex(registers["pswa"]))
    if "linux.uts.release" in attributes:
        print("release", attributes["linux.uts.release"])


main(*sys.argv[1:])
