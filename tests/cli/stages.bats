#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The boot stages as files: what image creators and loaders rely on, and that
# the texts in guest/boot/prebuilt are the stages that the sources make.

setup_file() {
	export ROOT=${UV_ROOT:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	export BUILD=${UV_BUILD:-$ROOT/build}
	export STAGES=$BUILD/guest/bin PREBUILT=$ROOT/guest/boot/prebuilt
	export TOOL=$ROOT/guest/boot/stage-tool
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

size_of() {
	wc -c <"$1" | tr -d ' '
}

# prebuilt NAME: the stage that NAME.hex holds, as a file; its name
prebuilt() {
	"$TOOL" to-binary "$PREBUILT/$1.hex" >"$1.prebuilt"
	echo "$1.prebuilt"
}

# zeros FILE OFFSET COUNT: whether these bytes are there and zero
zeros() {
	tail -c "+$(($2 + 1))" "$1" | head -c "$3" | cmp - <(head -c "$3" /dev/zero)
}

# The rules for a stage3a, whichever compiler made it.
check_stage3a() {
	local size
	size=$(size_of "$1")

	[ "$size" -lt $((0x3000)) ]
	[ $((size % 8)) -eq 0 ]
	zeros "$1" $((size - 24)) 24
	# A loader's parameter area.
	zeros "$1" $((0x400)) $((0xc00))
	# Or QEMU takes the image for a kernel and starts it elsewhere.
	[ "$(tail -c +9 "$1" | head -c 6)" != S390EP ]
}

check_stage3b() {
	local size
	size=$(size_of "$1")

	[ $((size % 8)) -eq 0 ]
	zeros "$1" $((size - 64)) 64
	# It goes into the image as one component; small keeps it quick.
	[ "$size" -gt 64 ] && [ "$size" -le $((0x5000)) ]
}

# One size, and at the end the global SCLAB of what runs at 0xa000 alone.
check_stage3() {
	[ "$(size_of "$1")" -eq $((0x4000)) ]
	[ "$(tail -c 32 "$1" | od -An -v -tx1 | tr -d ' \n')" = \
		0000c00000000000000800008000a000000000000000a000000000207a49504c ]
}

# QEMU keeps a page below the one of the entry point for other boot devices.
check_ultraviolet-ipl() {
	local entry
	[ "$(head -c 4 "$1" | od -An -tx1 | tr -d ' ')" = 7f454c46 ]
	entry=$(od -An -tx1 -j 24 -N 8 "$1" | tr -d ' ')
	[ $((0x$entry)) -lt $((0x1000)) ]
}

# same_compiler NAME: whether NAME.hex was made by the compiler and linker here
same_compiler() {
	grep -qxF "# compiler: $(s390x-linux-gnu-gcc --version | head -n 1)" "$PREBUILT/$1.hex" &&
		grep -qxF "# linker: $(s390x-linux-gnu-ld --version | head -n 1)" "$PREBUILT/$1.hex"
}

compare() { # NAME FILE [FOLDER]
	local fresh=${3:-$STAGES}/$2
	command -v s390x-linux-gnu-gcc >/dev/null ||
		skip "no s390x-linux-gnu-gcc (Debian: gcc-s390x-linux-gnu), so there is no fresh stage"
	if ! same_compiler "$1"; then
		"check_$1" "$fresh"
		skip "made by another compiler ($(grep '^# compiler' "$PREBUILT/$1.hex")): only sizes and arguments compared"
	fi
	cmp "$(prebuilt "$1")" "$fresh" || {
		echo "run guest/boot/prebuilt/update BUILDFOLDER and commit what it writes"
		return 1
	}
}

@test "stage3a keeps to its place" {
	check_stage3a "$STAGES/stage3a.bin"
	check_stage3a "$(prebuilt stage3a)"
}

@test "stage3b keeps to its form" {
	check_stage3b "$STAGES/stage3b_reloc.bin"
	check_stage3b "$(prebuilt stage3b)"
}

@test "stage3 keeps to its place, and its SCLAB to its end" {
	check_stage3 "$STAGES/stage3.bin"
	check_stage3 "$(prebuilt stage3)"
}

@test "the boot loader's entry lies in its first page" {
	[ -e "$BUILD/lib/ultraviolet-ipl.img" ] || skip "not there: the boot loader (built with everything)"
	check_ultraviolet-ipl "$BUILD/lib/ultraviolet-ipl.img"
	check_ultraviolet-ipl "$(prebuilt ultraviolet-ipl)"
}

@test "the prebuilt stage3 is what its sources make" {
	compare stage3 stage3.bin
}

@test "the prebuilt boot loader is what its sources make" {
	[ -e "$BUILD/lib/ultraviolet-ipl.img" ] || skip "not there: the boot loader (built with everything)"
	compare ultraviolet-ipl ultraviolet-ipl.img "$BUILD/lib"
}

@test "the prebuilt stage3a is what its sources make" {
	compare stage3a stage3a.bin
}

@test "the prebuilt stage3b is what its sources make" {
	compare stage3b stage3b_reloc.bin
}

@test "each prebuilt text says its own size" {
	for pair in stage3:stage3.bin stage3a:stage3a.bin stage3b:stage3b_reloc.bin \
		ultraviolet-ipl:ultraviolet-ipl.img; do
		run grep ' bytes; ' "$PREBUILT/${pair%:*}.hex"
		[[ $output == "# ${pair#*:}, $(size_of "$(prebuilt "${pair%:*}")") bytes;"* ]]
	done
}

@test "stage-tool: text and binary are the same in both directions" {
	head -c 1000 /dev/urandom >bytes
	"$TOOL" to-hex bytes >text
	[ "$(head -n 1 text | tr -d '\n' | wc -c)" -eq 64 ]
	"$TOOL" to-binary text | cmp - bytes
}

@test "stage-tool: the constants in C have the bytes" {
	printf '\000\001\377abc' >bytes
	"$TOOL" to-c bytes thing >thing.c
	grep -q '^0x00,0x01,0xff,0x61,0x62,0x63,$' thing.c
	grep -q 'thing_size = sizeof(thing);' thing.c
}

@test "stage-tool: anything else is a usage error" {
	touch file
	for arguments in "" to-hex "to-c file" "to-nothing file"; do
		# shellcheck disable=SC2086 # several words
		run "$TOOL" $arguments
		[ "$status" -eq 2 ]
		[[ $output == usage:* ]]
	done
}

@test "stage-tool: a file that is not there is an error" {
	for arguments in "to-hex none" "to-binary none" "to-c none name"; do
		# shellcheck disable=SC2086
		run "$TOOL" $arguments
		[ "$status" -ne 0 ]
		[[ $output != *"usage"* ]]
	done
}
