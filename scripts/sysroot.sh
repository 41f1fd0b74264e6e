#!/usr/bin/env bash
# Fetch the s390x libraries that the guest's programs are linked with, statically:
# headers, archives and pkg-config files out of Debian's packages.
#
#   sysroot.sh              fetch what is not there yet
#   sysroot.sh --print      only print the folder, if it is there
#
# Leaves in CACHE/sysroot:
#   version                 the packages and their versions
#   usr/include, usr/lib/s390x-linux-gnu/*.a, usr/lib/s390x-linux-gnu/pkgconfig
#
# The C library is not among them: it comes with the cross compiler.  Objects that
# were made for an older C library link with a newer one, not the other way round;
# therefore the oldest suite that has OpenSSL 3, whatever this machine runs.
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh
. ./apt-private.sh

SUITE=bookworm
PACKAGES='libssl-dev libyaml-dev'
ARCHIVES='libcrypto.a libyaml.a'
PKGCONFIG='libcrypto.pc yaml-0.1.pc'
LIBRARIES=usr/lib/s390x-linux-gnu

# take FOLDER FILE...: these files of FOLDER in the unpacked packages.
take() {
	local folder=$1 file
	shift

	mkdir -p "$UV_WORK/new/$folder"
	for file; do
		[ -f "$UV_WORK/tree/$folder/$file" ] ||
			die "Debian's packages have no $folder/$file" \
				"They have changed; please report this."
		cp "$UV_WORK/tree/$folder/$file" "$UV_WORK/new/$folder/"
	done
}

fetch() {
	local apt=$UV_WORK/apt package

	steps 3
	step "reading the package list of Debian $SUITE (s390x)"
	apt_private_open "$apt" "$SUITE" s390x
	step "downloading $PACKAGES"
	# shellcheck disable=SC2086 # a list of names
	apt_private_fetch "$apt" "$UV_WORK/packages" $PACKAGES
	step "taking headers and archives out of them"
	mkdir "$UV_WORK/new"
	for package in "$UV_WORK"/packages/*.deb; do
		# shellcheck disable=SC2016 # for dpkg-deb to expand
		dpkg-deb -W --showformat '${Package} ${Version}\n' "$package"
	done >"$UV_WORK/new/version"
	unpack_packages "$UV_WORK/packages" "$UV_WORK/tree"
	# shellcheck disable=SC2086 # lists of names
	take "$LIBRARIES" $ARCHIVES
	# shellcheck disable=SC2086
	take "$LIBRARIES/pkgconfig" $PKGCONFIG
	# What is for one architecture lies where any compiler looks.
	cp -R "$UV_WORK/tree/usr/include" "$UV_WORK/new/usr/"
	cp -R "$UV_WORK/tree/usr/include/s390x-linux-gnu/." "$UV_WORK/new/usr/include/"
	rm -r "$UV_WORK/new/usr/include/s390x-linux-gnu"
	publish "$UV_WORK/new" sysroot
	say "guest libraries: $(tr '\n' ' ' <"$UV_CACHE/sysroot/version")"
}

main() {
	case ${1:-} in
	--print)
		[ -e "$UV_CACHE/sysroot/version" ] || exit 1
		printf '%s\n' "$UV_CACHE/sysroot"
		return ;;
	'') ;;
	*)
		say "usage: sysroot.sh [--print]"
		exit 2 ;;
	esac
	lock sysroot
	[ ! -e "$UV_CACHE/sysroot/version" ] || return 0
	work_folder sysroot
	fetch
}

main "$@"
