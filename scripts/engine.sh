#!/usr/bin/env bash
# Find the QEMU that runs the software machine, or fetch one.
#
#   engine.sh           make sure that a usable qemu-system-s390x is there
#   engine.sh --print   the same, and print the program to start
#
# The plugin needs QEMU 11.1 or newer.  One on PATH is taken if it is; else
# Debian's, unpacked into the cache and run with its own C library, without
# root rights and without touching the system.  Either way one program results,
# CACHE/engine/qemu-system-s390x, beside it a file `version`.
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh
. ./apt-private.sh

PROGRAM=qemu-system-s390x
NEEDED=11.1
SUITE=forky

# engine_version PROGRAM: its version; nothing if it does not run.
engine_version() {
	"$1" --version 2>/dev/null </dev/null |
		sed -n '1s/.*version \([0-9][0-9.]*\).*/\1/p' || true
}

new_enough() {
	[ -n "$1" ] && printf '%s\n' "$NEEDED" "$1" | sort -CV
}

# has_plugins PROGRAM: plugin support is a build option.
has_plugins() {
	"$1" --help </dev/null 2>/dev/null | grep -q '^-plugin'
}

# on_path: print the QEMU on PATH, but not our own starter, which would start
# itself for ever.
on_path() {
	local program

	program=$(command -v "$PROGRAM") || return 0
	case $(readlink -f "$program") in
	"$(readlink -f "$UV_CACHE")"/*) ;;
	*) printf '%s\n' "$program" ;;
	esac
}

# unusable PROGRAM: say why it cannot be used; nothing if it can.
unusable() {
	local version

	version=$(engine_version "$1")
	if ! new_enough "$version"; then
		printf '%s\n' "$1 is version ${version:-unknown}, $NEEDED is needed"
	elif ! has_plugins "$1"; then
		printf '%s\n' "$1 was built without plugin support"
	fi
}

# use FOLDER: let CACHE/engine be FOLDER (its name in the cache).  Replacing a
# symbolic link by rename leaves no moment without an engine.
use() {
	ln -s "$1" "$UV_WORK/link"
	mv -T "$UV_WORK/link" "$UV_CACHE/engine"
}

# use_system PROGRAM: a starter for the QEMU on PATH.
use_system() {
	local new=$UV_WORK/engine-system

	mkdir "$new"
	printf '#!/bin/sh\nexec %q "$@"\n' "$1" >"$new/$PROGRAM"
	chmod 755 "$new/$PROGRAM"
	engine_version "$1" >"$new/version"
	publish "$new" engine-system
	use engine-system
	say "engine: QEMU $(cat "$UV_CACHE/engine/version"), $1"
}

# starter FOLDER: write the starter of an unpacked engine.  It finds its files
# from its own place, so that the cache may be moved or restored elsewhere.
#
# QEMU looks for firmware and modules below a folder `qemu-bundle` beside the
# running program (here: the loader) and nowhere else if there is one.  Without
# it the modules of a QEMU of the system would get loaded, which ends in an
# abort since they are of another version.
starter() {
	local folder=$1 loader libraries

	loader=$(cd "$folder" && find root/usr/lib -maxdepth 2 \
		\( -name 'ld-linux*.so.*' -o -name 'ld64.so.*' \) | head -n 1)
	[ -n "$loader" ] || die "no dynamic loader among the unpacked packages in $folder" \
		"Debian's packages have changed; please report this."
	libraries=${loader%/*}
	ln -s ../../.. "$folder/$libraries/qemu-bundle"
	cat >"$folder/$PROGRAM" <<-END
		#!/bin/sh
		# QEMU of another Debian release, run with the C library of that release.
		here=\$(readlink -f -- "\$0")
		here=\${here%/*}
		exec "\$here/$loader" --library-path "\$here/$libraries" \\
			"\$here/root/usr/bin/$PROGRAM" "\$@"
	END
	chmod 755 "$folder/$PROGRAM"
}

# download: Debian's QEMU with all its libraries into $UV_WORK/packages.
download() {
	local apt=$UV_WORK/apt plan bytes

	step "reading the package list of Debian $SUITE"
	apt_private_open "$apt" "$SUITE" "$(dpkg --print-architecture)"
	plan=$(apt_private_plan "$apt" "$PROGRAM")
	bytes=$(awk '{ sum += $2 } END { print sum }' <<<"$plan")
	step "downloading QEMU and its libraries ($(wc -l <<<"$plan") packages, $(megabytes "$bytes"))"
	watch_growth "$apt/cache/archives" "$bytes" \
		apt_private "$apt" --download-only install "$PROGRAM" ||
		apt_private_failed "$apt" "cannot download QEMU"
}

fetch() {
	local new=$UV_WORK/new version

	steps 4
	download
	step "unpacking"
	unpack_packages "$UV_WORK/apt/cache/archives" "$new/root"
	# Nobody reads documents here, and nothing uses what systemd's library brings along.
	rm -rf "$new"/root/usr/share/{doc,man,locale,bash-completion} "$new"/root/usr/lib/{systemd,udev} \
		"$new/root/etc" "$new/root/var"
	starter "$new"
	step "trying it"
	version=$(engine_version "$new/$PROGRAM")
	[ -z "$(unusable "$new/$PROGRAM")" ] ||
		die "the QEMU of Debian $SUITE is not usable here: $(unusable "$new/$PROGRAM")" \
			"Install QEMU $NEEDED or newer with plugin support so that $PROGRAM is on PATH."
	printf '%s\n' "$version" >"$new/version"
	publish "$new" "engine-$version"
	use "engine-$version"
	say "engine: QEMU $version, $UV_CACHE/engine-$version ($(du -sh "$UV_CACHE/engine-$version" | cut -f1))"
}

# ready: the engine in the cache works.  That of the system does not count:
# it is looked at anew each time.
ready() {
	case $(readlink "$UV_CACHE/engine") in
	'' | engine-system) return 1 ;;
	esac
	new_enough "$(engine_version "$UV_CACHE/engine/$PROGRAM")"
}

# current PROGRAM: the starter for the QEMU on PATH is there and up to date.
current() {
	[ "$(readlink "$UV_CACHE/engine")" = engine-system ] &&
		[ "$(cat "$UV_CACHE/engine/version")" = "$(engine_version "$1")" ] &&
		grep -qxF "exec $(printf %q "$1") \"\$@\"" "$UV_CACHE/engine/$PROGRAM"
}

ensure() {
	local program why=''

	program=$(on_path)
	[ -z "$program" ] || why=$(unusable "$program")
	if [ -n "$program" ] && [ -z "$why" ]; then
		current "$program" && return
		work_folder engine
		use_system "$program"
		return
	fi
	ready && return
	[ -z "$why" ] || say "$why: taking Debian's instead"
	command -v apt-get >/dev/null ||
		die "no $PROGRAM $NEEDED or newer on PATH, and no apt-get to fetch one with" \
			"Install QEMU $NEEDED or newer with s390x system emulation and plugin support."
	work_folder engine
	fetch
}

main() {
	case $#${1:-} in
	0 | 1--print) ;;
	*)
		say "usage: engine.sh [--print]"
		exit 2 ;;
	esac
	lock engine
	ensure
	[ $# -eq 0 ] || printf '%s\n' "$UV_CACHE/engine/$PROGRAM"
}

main "$@"
