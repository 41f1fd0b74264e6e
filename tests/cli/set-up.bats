#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The set-up scripts: what they say when something is missing, and that a second
# run needs nothing.

bats_require_minimum_version 1.5.0

# Runs a command without any network, as far as that can be done here.
offline() {
	unshare -n true 2>/dev/null || skip "unshare -n is not permitted here"
	unshare -n "$@"
}

@test "engine: a filled cache needs no network" {
	run -0 offline "$UV_ROOT/scripts/engine.sh" --print
	[ -x "$(tail -n 1 <<<"$output")" ]
}

@test "guests: a filled cache needs no network" {
	run -0 offline "$UV_ROOT/scripts/guests.sh"
}

@test "packages: nothing to install needs no network" {
	run -0 offline "$UV_ROOT/scripts/packages.sh" all
}

@test "engine: an empty cache without network is a clear error" {
	export ULTRAVIOLET_CACHE=$BATS_TEST_TMPDIR/empty
	PATH=/usr/bin:/bin run -1 offline "$UV_ROOT/scripts/engine.sh"
	[[ $output == *error:* ]]
	[[ $output == *qemu* || $output == *QEMU* ]]
}

@test "guests: an unreachable mirror is a clear error" {
	export ULTRAVIOLET_CACHE=$BATS_TEST_TMPDIR/empty
	export ULTRAVIOLET_MIRROR=http://127.0.0.1:9/debian
	run -1 "$UV_ROOT/scripts/guests.sh" busybox
	[[ $output == *error:* ]]
	[ ! -e "$ULTRAVIOLET_CACHE/guests/busybox" ]
}

@test "install: programs, links, man pages and completion land under DESTDIR and PREFIX" {
	DESTDIR=$BATS_TEST_TMPDIR/root meson install -C "$UV_BUILD" --no-rebuild --quiet
	local root prefix
	root=$BATS_TEST_TMPDIR/root
	prefix=$(find "$root" -name pvimg -path '*/bin/*' -printf '%h')
	[ -x "$prefix/pvimg" ]
	[ "$(readlink "$prefix/genprotimg")" = pvimg ]
	[ -x "$prefix/ultraviolet" ]
	[ -L "$prefix/ultraviolet-qemu-s390x" ]
	[ -f "$prefix/../share/man/man1/pvimg.1" ]
	[ -f "$prefix/../share/bash-completion/completions/pvimg.bash" ]
	run -0 "$prefix/pvimg" --version
	# The installed launcher finds the installed plugin.
	find "$root" -name ultraviolet.so | grep -q .
}
