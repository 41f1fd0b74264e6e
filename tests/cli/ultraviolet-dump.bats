#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ultraviolet dump, without a guest. With guests: tests/boot/dump.bats.

bats_require_minimum_version 1.5.0

setup() {
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
	export PATH=$UV_BUILD/bin:$PATH
	mkdir -m 700 "$XDG_RUNTIME_DIR"
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "a dump needs a guest and a file" {
	run -2 ultraviolet dump
	run -2 ultraviolet dump first
	run -2 ultraviolet dump first file more
	run -2 ultraviolet dump --pause --quit first file
}

@test "no guest, no file" {
	run -1 ultraviolet dump first file
	[[ $output == *"No guest named 'first' is running"* ]]
	[[ $output == *"ultraviolet list"* ]]
	[ ! -e file ]
	run -1 ultraviolet dump ../first file
	[[ $output == *"is no name for a guest"* ]]
	run -1 ultraviolet dump first missing/file
	[[ $output == *"No such file or directory"* ]]
	[ "$(ls -A)" = run ]
}

@test "a file that is there is not touched, unless asked" {
	echo kept >file
	run -1 ultraviolet dump first file
	[[ $output == *"exists already"* ]]
	[[ $output == *"--overwrite"* ]]
	# Not even then, before there is something to put into its place.
	run -1 ultraviolet dump --overwrite first file
	[[ $output == *"No guest named 'first'"* ]]
	[ "$(cat file)" = kept ]
}

@test "a guest that cannot become protected has no dump on crash" {
	run -2 ultraviolet run --normal --dump-on-crash file --machine none
}

@test "what refuses a dump is explained" {
	run -0 ultraviolet explain dump-initiate 0x0105/0x0f20
	[[ $output == *"--enable-dump"* ]]
	run -0 ultraviolet explain 0x0105/0x0f21
	[[ $output == *"disable-dump"* ]]
	run -0 ultraviolet explain dump-initiate 0x0002
	[[ $output == *"z16"* ]]
}
