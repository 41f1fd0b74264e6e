#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Man pages and completion: made for every program, from the same tables as --help.

bats_require_minimum_version 1.5.0

programs() {
	# What is in build/bin, without the further names (links to a neighbour).
	local file
	for file in "$UV_BUILD"/bin/*; do
		[[ $(readlink "$file") == */* ]] && basename "$file"
	done
}

@test "every program has a man page that mandoc finds nothing wrong with" {
	command -v mandoc >/dev/null || skip "mandoc is not installed"
	command -v scdoc >/dev/null || skip "scdoc is not installed"
	local program
	for program in $(programs); do
		run -0 mandoc -Tlint "$UV_BUILD/docs/$program.1"
		[ -z "$output" ]
	done
}

@test "every option that --help shows stands in the man page" {
	command -v scdoc >/dev/null || skip "scdoc is not installed"
	local program option
	for program in $(programs); do
		for option in $("$program" --help | grep -oE -- '--[a-z][a-z-]+'); do
			man -l "$UV_BUILD/docs/$program.1" | col -b | grep -q -- "$option"
		done
	done
}

@test "every program has a completion that bash reads" {
	local program
	for program in $(programs); do
		bash -n "$UV_BUILD/docs/$program.bash"
	done
}

# complete WORDS...: what completion offers for the last word.
complete_line() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	"$function"
	printf '%s\n' "${COMPREPLY[@]}"
}

@test "completion offers verbs and options" {
	. "$UV_BUILD/docs/pvimg.bash"
	function=_uv_pvimg
	run -0 complete_line pvimg ''
	[[ $output == *create* && $output == *info* ]]
	run -0 complete_line pvimg create --host
	[ "$output" = --host-key-document ]
	function=_uv_genprotimg
	run -0 complete_line genprotimg --parm
	[ "$output" = --parmfile ]
}

@test "completion knows verbs of two words, and choices" {
	. "$UV_BUILD/docs/ultraviolet.bash"
	function=_uv_ultraviolet
	run -0 complete_line ultraviolet machine create --gen
	[ "$output" = --generation ]
	run -0 complete_line ultraviolet machine create --generation ''
	[[ $output == *z15* && $output == *z17* ]]
}
