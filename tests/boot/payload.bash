# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # bats sets output
# What tests that run payloads of guest/payload share, besides boot.bash.

# The page behind the SE header, where the first component is unpacked to.
ENTRY=0x15000

# payload_require NAME...: skips the test without QEMU or a cross compiler.
payload_require() {
	local name lacking=
	[ -x "$UV_CACHE/engine/qemu-system-s390x" ] || lacking="QEMU (scripts/engine.sh)"
	for name; do
		[ -e "$UV_BUILD/guest/payload/$name.bin" ] ||
			lacking="$name.bin (no s390x cross compiler when it was built)"
	done
	[ -n "$lacking" ] || return 0
	[ -z "${ULTRAVIOLET_ENGINE_REQUIRED:-}" ] || { echo "missing: $lacking"; return 1; }
	skip "not there: $lacking"
}

# payload_file NAME PARAMETERS: the payload with its parameters behind it.
payload_file() {
	cat "$UV_BUILD/guest/payload/$1.bin"
	printf '%s' "$2"
}

# plain_picture NAME PARAMETERS: the path of a picture of storage that starts the
# payload in a normal guest: short PSW, payload.
plain_picture() {
	local file=$BATS_TEST_NUMBER/$1-plain
	mkdir -p "$BATS_TEST_NUMBER"
	printf '\000\010\000\001\200\001\120\000' >"$file"
	truncate -s $((ENTRY)) "$file"
	payload_file "$1" "$2" >>"$file"
	echo "$file"
}

# judge: whether $output of bats' run is that of a payload all of whose tests were ok.
judge() {
	local planned good bad
	good=$(grep -cE '^ok [0-9]+ - ' <<<"$output") || true
	bad=$(grep -E '^(not ok|Bail out!)' <<<"$output") || true
	planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' <<<"$output")
	[ -z "$bad" ] && [ -n "$planned" ] && [ "$good" -eq "$planned" ] && [ "$good" -gt 0 ] && return 0
	echo "$1: $good ok of ${planned:-no plan}"
	[ -z "$bad" ] || { echo "$bad"; return 1; }
	tail -n 20 <<<"$output"
	return 1
}
