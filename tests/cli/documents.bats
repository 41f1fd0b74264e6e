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

# citations: lines "FILE<tab>PAGE<tab>SECTION" of what comments refer to, which may
# go on in their next line.
citations() {
	local file
	grep -rlE 'docs/(reference|howto)/' src guest tools tests bench scripts | while read -r file; do
		sed -E 's,^[[:space:]]*(\*|#|//)?[[:space:]]*,,' "$file" | tr '\n' ' ' |
			grep -oE 'docs/(reference|howto)/[a-z0-9-]+\.md(, "[^"]+")?' |
			sed -E "s|^|$file\t|; s|\\.md, \"(.*)\"$|.md\t\1|"
	done
}

@test "every page and section that comments cite is there" {
	cd "$UV_ROOT" || return 1
	local file page section missing=0
	while IFS=$'\t' read -r file page section; do
		if [ ! -f "$page" ] || { [ -n "$section" ] && ! grep -qE "^#+ $section\$" "$page"; }; then
			echo "$file: $page${section:+, \"$section\"}"
			missing=1
		fi
	done < <(citations)
	[ "$missing" -eq 0 ]
}

@test "every link between documents leads somewhere" {
	cd "$UV_ROOT" || return 1
	local page target missing=0
	while IFS=: read -r page target; do
		target=${target#"]("}
		target=${target%%[#)]*}
		case $target in *://* | '') continue ;; esac
		[ -e "$(dirname "$page")/$target" ] || {
			echo "$page: $target"
			missing=1
		}
	done < <(grep -oHE '\]\([^)]*\)' ./*.md docs/*.md docs/*/*.md)
	[ "$missing" -eq 0 ]
}
