#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The programs that run inside guests: how they are built, and what they are.

bats_require_minimum_version 1.5.0

setup() {
	UV_ROOT=${UV_ROOT:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	UV_BUILD=${UV_BUILD:-$UV_ROOT/build}
	cd "$BATS_TEST_TMPDIR" || return 1
}

guest_programs() {
	PROGRAMS=("$UV_BUILD"/guest/bin/pv{attest,info,secret})
	[ -x "${PROGRAMS[2]}" ] || skip "not there: the guest's programs (make setup, make)"
}

@test "they are for s390x and need nothing else" {
	guest_programs
	for program in "${PROGRAMS[@]}"; do
		run readelf -hlW "$program"
		[[ $output == *"S/390"* ]]
		[[ $output != *INTERP* ]]
	done
}

@test "they hold no network code of ours" {
	guest_programs
	for program in "${PROGRAMS[@]}"; do
		run ! grep -aqi libcurl "$program"
	done
	grep -aq "without network code" "${PROGRAMS[0]}"
}

@test "they start, and say that there is no ultravisor device" {
	guest_programs
	command -v qemu-s390x-static >/dev/null || skip "not there: qemu-s390x-static"
	for program in "${PROGRAMS[@]}"; do
		run -0 qemu-s390x-static "$program" --version
		[[ $output == *"version 2"* ]]
	done
	run -1 qemu-s390x-static "${PROGRAMS[2]}" lock
	[[ $output == *"/dev/uv"* ]]
}

@test "without their libraries the build goes on and says what is missing" {
	export ULTRAVIOLET_CACHE=$BATS_TEST_TMPDIR/cache
	run -1 "$UV_ROOT/scripts/sysroot.sh" --print
	[ -z "$output" ]
	command -v s390x-linux-gnu-gcc >/dev/null || skip "not there: s390x-linux-gnu-gcc"
	run -0 "$UV_ROOT/scripts/build-guest.sh" "$BATS_TEST_TMPDIR/build"
	[[ $output == *"not built"*"make setup"* ]]
	[ ! -e build/guest/bin/pvattest ]
}

@test "wrong arguments are a usage error" {
	run -2 "$UV_ROOT/scripts/build-guest.sh"
	run -2 "$UV_ROOT/scripts/sysroot.sh" --nothing
}

@test "sysroot: a filled cache needs no network" {
	"$UV_ROOT/scripts/sysroot.sh" --print >/dev/null || skip "not there: the guests' libraries (make setup)"
	unshare -n true 2>/dev/null || skip "unshare -n is not permitted here"
	run -0 unshare -n "$UV_ROOT/scripts/sysroot.sh"
}

@test "sysroot: an unreachable mirror is a clear error, and leaves nothing" {
	export ULTRAVIOLET_CACHE=$BATS_TEST_TMPDIR/empty
	export ULTRAVIOLET_MIRROR=http://127.0.0.1:9/debian
	run -1 "$UV_ROOT/scripts/sysroot.sh"
	[[ $output == *error:* ]]
	[ ! -e "$ULTRAVIOLET_CACHE/sysroot" ]
}
