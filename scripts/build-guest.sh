#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# build-guest.sh FOLDER
#
# Cross-compiles the programs that run inside guests and puts them into
# FOLDER/guest/bin: for s390x, static, without network code. They are built in
# FOLDER-guest. Where the cross compiler or the s390x libraries are missing, it
# says how to get them, and that is no failure: the other programs do without.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

PROGRAMS=(pvattest pvinfo pvsecret)
COMPILER=s390x-linux-gnu-gcc

# cross_file SYSROOT
cross_file() {
	cat <<-END
		[binaries]
		c = '$COMPILER'
		ar = 's390x-linux-gnu-ar'
		strip = 's390x-linux-gnu-strip'
		pkgconfig = 'pkg-config'

		[properties]
		sys_root = '$1'
		pkg_config_libdir = '$1/usr/lib/s390x-linux-gnu/pkgconfig'
		needs_exe_wrapper = true

		[built-in options]
		c_link_args = ['-static']

		[host_machine]
		system = 'linux'
		cpu_family = 's390x'
		cpu = 's390x'
		endian = 'big'
	END
}

# configure SYSROOT: once; again when the libraries are elsewhere.
configure() {
	mkdir -p "$FOLDER/guest"
	cross_file "$1" >"$FOLDER/guest/s390x.ini.new"
	if ! cmp -s "$FOLDER/guest/s390x.ini.new" "$FOLDER/guest/s390x.ini"; then
		rm -rf "$FOLDER-guest"
		mv "$FOLDER/guest/s390x.ini.new" "$FOLDER/guest/s390x.ini"
	fi
	rm -f "$FOLDER/guest/s390x.ini.new"
	[ -f "$FOLDER-guest/build.ninja" ] ||
		meson setup --cross-file "$FOLDER/guest/s390x.ini" -Dtools_only=true \
			-Dnetwork=false -Dprefer_static=true -Db_pie=false "$FOLDER-guest"
}

# build: linking warns about what OpenSSL would need for name look-ups, which
# these programs never do; so what is said is shown only when something fails.
build() {
	configure "$1" && ninja -C "$FOLDER-guest" "${PROGRAMS[@]/#/tools/}"
}

publish_programs() {
	local program

	mkdir -p "$FOLDER/guest/bin"
	for program in "${PROGRAMS[@]}"; do
		s390x-linux-gnu-strip -o "$FOLDER/guest/bin/$program.new" \
			"$FOLDER-guest/tools/$program"
		mv -T "$FOLDER/guest/bin/$program.new" "$FOLDER/guest/bin/$program"
	done
}

main() {
	local sysroot

	[ $# -eq 1 ] || {
		say "usage: build-guest.sh FOLDER"
		exit 2
	}
	FOLDER=$1
	if ! command -v $COMPILER >/dev/null; then
		say "The programs for guests are not built: there is no $COMPILER (scripts/packages.sh all)."
		return
	fi
	if ! sysroot=$(scripts/sysroot.sh --print); then
		say "The programs for guests are not built: their libraries are not there yet (make setup)."
		return
	fi
	LOG=$(mktemp)
	trap 'rm -f "$LOG"' EXIT
	if ! build "$sysroot" >"$LOG" 2>&1; then
		cat "$LOG" >&2
		die "the programs for guests cannot be built" "See above; the rest of the build is complete."
	fi
	publish_programs
}

main "$@"
