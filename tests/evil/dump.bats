#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Dumps, corrupted. Every way to read them has to answer within seconds and
# megabytes, whatever the bytes; a refused dump leaves nothing behind. (Which field
# makes which answer is for the unit test dump_evil.)

bats_require_minimum_version 1.5.0
load ../support/dump

setup_file() { dump_setup_file; }
setup() { image_setup; }

# reader COMMAND...: its exit code, within its limits.
reader() {
	local code=0
	(ulimit -v 4194304; ulimit -f 65536; exec timeout -k 1 20 "$@") >out.txt 2>&1 </dev/null ||
		code=$?
	if [ "$code" -ne 0 ] && [ "$code" -ne 1 ] && [ "$code" -ne 3 ]; then
		echo "$* ended with $code" >&2
		cat out.txt >&2
	fi
	echo "$code"
}

# answers CODE [FILE]: what --verify says of it, and that copies agree.
answers() {
	local file=${2:-evil} verify copy
	verify=$(reader zgetdump --verify -k cck -s all "$file")
	[ "$verify" = "$1" ] || {
		echo "expected $1, got $verify"
		cat out.txt
		return 1
	}
	copy=$(reader zgetdump -q -k cck -s all "$file" new)
	[ $((verify > 0)) -eq "$copy" ]
	[ -e new ] || [ "$copy" -eq 1 ]
	rm -f new
	copy=$(reader zgetdump -q -f s390 -k cck -s all "$file" new)
	[ "$copy" -le 1 ]
	rm -f new
	[ "$(reader zgetdump -i -k cck "$file")" -le 1 ]
}

# changed CODE OFFSET HEX-DIGITS
changed() {
	evil_dump
	patch evil "$2" "$3"
	answers "$1" || { echo "at $2: $3"; return 1; }
}

@test "untouched: taken" {
	answers 0 dump
	answers 0 plain
}

@test "headers" {
	changed 1 0x00 00
	changed 1 0x12 003e
	changed 3 0x20 ffffffffffffff00
	changed 3 0x28 ffffffffffffff00
	changed 3 0x36 0000
	changed 1 0x38 ffff
	changed 3 0x3a 0000
	changed 0 0x3c ffff # what follows has no names
	changed 3 0x3e 0000
}

@test "sections" {
	changed 3 $((128 + 0x18)) fffffffffffffff0
	changed 3 $((128 + 0x20)) fffffffffffffff0
	changed 3 $((128 + 0x20)) 0000000000000010
	changed 3 $((192 + 0x18)) 7fffffffffffffff
	changed 3 $((192 + 0x20)) 0000000000000000
	changed 1 $((256 + 0x20)) ffffffffffffffff
	changed 1 $((192 + 0x18)) 0000000000002b88 # memory: of an unknown version
}

@test "program headers" {
	changed 3 $((320 + 0x08)) ffffffffffffffff
	changed 3 $((320 + 0x20)) 7fffffffffffffff
	changed 3 $((376 + 0x08)) ffffffffffffffff
	changed 1 $((376 + 0x18)) 0000000000001000
	changed 3 $((376 + 0x18)) fffffffffffff000
	changed 3 $((376 + 0x20)) ffffffffffffffff
	# Zeros without end take no time, nor memory, nor room in an ELF file.
	changed 0 $((376 + 0x28)) ffffffffffffffff
	changed 0 $((376 + 0x28)) 00000fffffffffff
}

@test "notes" {
	changed 3 $NOTES ffffffff
	changed 3 $((NOTES + 4)) ffffffff
	changed 3 $((NOTES + 4)) 7fffffff
	changed 3 $((NOTES + NOTES_OF_CPU - 4116 + 4)) 00002000
}

@test "sealed areas" {
	changed 1 $COMPLETION 00000002
	changed 3 $((COMPLETION + 4)) ffffffff
	changed 1 $((COMPLETION + 16)) ffffffff # the seed: as if it were another key
	changed 3 $((COMPLETION + 80)) ffffffff
	changed 3 $((COMPLETION + 200)) ffffffff
	changed 3 $((NOTES + CPU_AREA + 8)) ffffffff
	changed 3 $((NOTES + NOTES_OF_CPU + CPU_AREA + 1552)) ffffffff
}

@test "page states: each invalid one is told with its place" {
	local state
	for state in 0000 0003 0007 0008 0101 80ff; do
		changed 3 $((STATES + 16 * 777)) ffffffff00000000000000000000$state
		reader zgetdump --verify -k cck evil
		grep -q 'address 0x309000' out.txt
	done
}

@test "cut off" {
	local size
	for size in 0 1 63 64 100 431 432 2000 $((MEMORY - 1)) $((MEMORY + 5000)) \
		$((STATES - 1)) $((STATES + 16)) $((COMPLETION + 287)); do
		head -c "$size" dump >evil
		[ "$(reader zgetdump --verify -k cck evil)" -ne 0 ]
		[ "$(reader zgetdump -q -k cck evil new)" -eq 1 ]
		[ ! -e new ]
	done
	cat dump dump >evil
	answers 0
}

@test "plain dumps: pieces that share bytes or addresses" {
	cp plain evil
	patch evil 0x38 0003
	# The third program header lies over the first note.
	patch evil $((64 + 112)) 0000000100000007000000000000000000000000000000000000000000000000
	patch evil $((64 + 112 + 0x20)) 00000000000010000000000000001000
	answers 3
}

@test "noise" {
	local i
	for i in {1..20}; do
		evil_dump
		patch evil $((RANDOM % 432)) "$(printf %04x $RANDOM)"
		patch evil $((RANDOM % 432)) "$(printf %04x $RANDOM)"
		patch evil $((NOTES + RANDOM % 10712)) "$(printf %04x $RANDOM)"
		[ "$(reader zgetdump --verify -k cck evil)" -le 3 ]
		[ "$(reader zgetdump -i -k cck evil)" -le 1 ]
	done
}

@test "messages and information hold no escape sequences of the input" {
	# The node name is in the clear page at 0x22100 of a plain dump.
	cp plain evil
	offset=$(grep -abo guest7 evil | head -n 1 | cut -d: -f1)
	patch evil "$offset" 1b5b324a07
	run -0 zgetdump -i evil
	[[ $output == *"?[2J?"* ]]
	[[ $output != *$'\e'* ]]
}
