#!/bin/bash
# SPDX-License-Identifier: MIT
# regenerate-dump.sh BUILD: makes the corpus of dump_fuzz anew, from made-up dumps
# of which little is left: inputs for fuzzing have to be small.
set -eu
UV_BUILD=$(realpath "$1")
cd "$(dirname "$0")"
corpus=$PWD/corpus/dump
# shellcheck source=tests/support/dump.bash
. ../support/dump.bash
mkdir -p "$corpus"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
head -c 32 /dev/zero >cck
make_dump protected large 1 1 no-linux
make_dump memory memory 1 1
make_dump memory two 4 1 kdump

# u64 FILE OFFSET VALUE
u64() { patch "$1" "$2" "$(printf %016x "$3")"; }

# Two pages of memory: those whose states are the digits given.
small() { # FILE STATES
	local memory=$((NOTES + NOTES_OF_CPU)) file=$1
	local states=$((memory + 8192)) completion=$((memory + 8192 + 32))
	head -c "$states" large >"$file"
	head -c 32 /dev/zero >>"$file"
	patch "$file" "$states" "$2"
	tail -c $((4096 + 35)) large | head -c 288 >>"$file"
	tail -c 35 large >>"$file"
	u64 "$file" $((64 + 64 + 0x18)) "$states"
	u64 "$file" $((64 + 64 + 0x20)) 32
	u64 "$file" $((64 + 128 + 0x18)) "$completion"
	u64 "$file" $((64 + 128 + 0x20)) 288
	u64 "$file" $((64 + 192 + 0x18)) $((completion + 288))
	u64 "$file" $((320 + 56 + 0x20)) 8192
	u64 "$file" $((320 + 56 + 0x28)) 8192
}
special=ffffffff0000000000000000000000
small "$corpus/encrypted" 0000000000000001000000000000000000000000000000080000000000000000
small "$corpus/shared-zero" ${special}02${special}05
small "$corpus/invalid" ${special}01${special}03

# A plain one with the pages that Linux left, each in a piece of its own.
plain() { # FILE MEMORY
	local offset=4096 i=0 address size
	make_dump plain whole 1 1
	head -c 64 whole >"$1"
	patch "$1" 0x38 0004
	truncate -s 4096 "$1"
	for piece in 0:4096 0x10000:4096 0x20000:12288 0x200000:4096; do
		address=$((${piece%:*})) size=${piece#*:}
		patch "$1" $((64 + 56 * i)) 0000000100000007
		u64 "$1" $((64 + 56 * i + 0x08)) $offset
		u64 "$1" $((64 + 56 * i + 0x18)) $address
		u64 "$1" $((64 + 56 * i + 0x20)) "$size"
		u64 "$1" $((64 + 56 * i + 0x28)) "$size"
		tail -c +$((address + 1)) "$2" | head -c "$size" >>"$1" || true
		offset=$((offset + size)) i=$((i + 1))
	done
}
plain "$corpus/linux" two
# The last piece becomes all that kdump moved: what the file lacks is zero.
cp "$corpus/linux" "$corpus/two-systems"
u64 "$corpus/two-systems" $((64 + 56 * 3 + 0x28)) 1048576
# Without memory, with registers.
head -c $((64 + 112 + 1240)) whole >"$corpus/registers"
u64 "$corpus/registers" $((64 + 56 + 0x08)) 0
u64 "$corpus/registers" $((64 + 56 + 0x20)) 0
