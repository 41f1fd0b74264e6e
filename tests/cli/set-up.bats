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

@test "ipl-tools: a filled cache needs no network" {
	"$UV_ROOT/scripts/ipl-tools.sh" --print >/dev/null || skip "not there: sign-file and zipl (make setup)"
	run -0 offline "$UV_ROOT/scripts/ipl-tools.sh"
	run -2 "$UV_ROOT/scripts/ipl-tools.sh" --nothing
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

@test "ipl-tools: an unreachable mirror is a clear error, and leaves nothing" {
	export ULTRAVIOLET_CACHE=$BATS_TEST_TMPDIR/empty
	export ULTRAVIOLET_MIRROR=http://127.0.0.1:9/debian
	run -1 "$UV_ROOT/scripts/ipl-tools.sh"
	[[ $output == *error:* ]]
	[ ! -e "$ULTRAVIOLET_CACHE/ipl-tools" ]
	run -1 "$UV_ROOT/scripts/ipl-tools.sh" --print
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

@test "tools: they need no more than a C compiler, Meson, OpenSSL and libcurl" {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir path pc
	local file name
	for file in /usr/local/bin/* /usr/bin/*; do
		case ${file##*/} in
		s390x-* | scdoc | clang* | bats | qemu*) ;;
		*) [ -e "path/${file##*/}" ] || ln -s "$file" path/ ;;
		esac
	done
	for name in libcrypto libcurl; do
		cp "$(pkg-config --variable=pcfiledir $name)/$name.pc" pc/
	done
	export PATH=$PWD/path PKG_CONFIG_LIBDIR=$PWD/pc
	run ! pkg-config --exists yaml-0.1
	run -0 "$UV_ROOT/scripts/build.sh" "$PWD/tools" -Dtools_only=true
	DESTDIR=$PWD/root meson install -C tools --no-rebuild --quiet
	# The stages that come along as text are in it.
	load ../support/image
	fake_kernel kernel 131195 4096
	host_key_document host.crt
	tools/bin/pvimg create -q -i kernel -k host.crt --no-verify -o image
	tools/bin/pvimg verify image
	[ "$(bytes image 0x10000 16)" = "$(bytes "$UV_BUILD/guest/bin/stage3a.bin" 0 16)" ]
}
