#!/usr/bin/env bash
# Fetch the program that others read dumps with, for tests to compare with: the
# zgetdump of Debian's s390-tools, which knows confidential dumps on s390x only.
#
#   dump-tools.sh             fetch what is not there yet
#   dump-tools.sh --print     only print the folder, if it is there
#
# Leaves in CACHE/dump-tools:
#   version                   the packages and their versions
#   zgetdump                  to be run with qemu-s390x-static -L CACHE/dump-tools
#   lib/*                     its dynamic loader and libraries
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh
. ./apt-private.sh

SUITE=trixie
PACKAGES='s390-tools libc6 zlib1g libfuse3-4 libglib2.0-0t64 libssl3t64 libpcre2-8-0
	libatomic1 libzstd1'

# take FILE TARGET: FILE of the packages; a link is followed.
take() {
	[ -e "$1" ] || die "Debian's packages have no ${1#"$UV_WORK"/*/}" \
		"They have changed; please report this."
	cp -L "$1" "$2"
}

# needed FILE...: the libraries that these ELF files name.
needed() {
	LC_ALL=C readelf -dW "$@" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u
}

# take_libraries TREE TARGET PROGRAM: all that PROGRAM needs, with what those need.
take_libraries() {
	local name todo=ld64.so.1

	todo="$todo $(needed "$3")"
	while [ -n "$todo" ]; do
		for name in $todo; do
			[ -e "$2/$name" ] || take "$1/usr/lib/s390x-linux-gnu/$name" "$2/$name"
		done
		todo=$(needed "$2"/* | while read -r name; do
			[ -e "$2/$name" ] || printf '%s\n' "$name"
		done)
	done
}

fetch() {
	local apt=$UV_WORK/apt new=$UV_WORK/new tree=$UV_WORK/tree package

	need_command readelf binutils
	steps 3
	step "reading the package list of Debian $SUITE (s390x)"
	apt_private_open "$apt" "$SUITE" s390x
	step "downloading s390-tools and its libraries"
	# shellcheck disable=SC2086 # a list of names
	apt_private_fetch "$apt" "$UV_WORK/packages" $PACKAGES
	step "taking zgetdump out of them"
	mkdir -p "$new/lib"
	for package in "$UV_WORK"/packages/*.deb; do
		# shellcheck disable=SC2016 # for dpkg-deb to expand
		dpkg-deb -W --showformat '${Package} ${Version}\n' "$package"
	done >"$new/version"
	unpack_packages "$UV_WORK/packages" "$tree"
	take "$tree/usr/sbin/zgetdump" "$new/zgetdump"
	take_libraries "$tree" "$new/lib" "$new/zgetdump"
	publish "$new" dump-tools
	say "tools to compare with: $(grep s390-tools "$UV_CACHE/dump-tools/version")"
}

main() {
	case ${1:-} in
	--print)
		[ -e "$UV_CACHE/dump-tools/version" ] || exit 1
		printf '%s\n' "$UV_CACHE/dump-tools"
		return ;;
	'') ;;
	*)
		say "usage: dump-tools.sh [--print]"
		exit 2 ;;
	esac
	lock dump-tools
	[ ! -e "$UV_CACHE/dump-tools/version" ] || return 0
	work_folder dump-tools
	fetch
}

main "$@"
