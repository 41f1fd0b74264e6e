#!/usr/bin/env bash
# Fetch what others sign and write boot disks with, for tests to compare with:
# the kernel's sign-file for this machine, zipl and its stage 3 for s390x guests.
#
#   ipl-tools.sh              fetch what is not there yet
#   ipl-tools.sh --print      only print the folder, if it is there
#
# Leaves in CACHE/ipl-tools:
#   version                   the packages and their versions
#   sign-file                 for this machine, of Debian bookworm's kernel 6.1
#   s390x/zipl                for Debian trixie's guests
#   s390x/lib/*               its dynamic loader and libraries
#   s390x/boot/stage3.bin     what zipl puts onto disks
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh
. ./apt-private.sh

SIGN_SUITE=bookworm
SIGN_PACKAGE=linux-kbuild-6.1
ZIPL_SUITE=trixie
ZIPL_PACKAGE=s390-tools

# versions FOLDER: "PACKAGE VERSION" for each package file in it.
versions() {
	local package

	for package in "$1"/*.deb; do
		# shellcheck disable=SC2016 # for dpkg-deb to expand
		dpkg-deb -W --showformat '${Package} ${Version}\n' "$package"
	done
}

# fetch_packages SUITE ARCHITECTURE TREE PACKAGE...: unpacked into TREE.
fetch_packages() {
	local suite=$1 architecture=$2 tree=$3 apt=$UV_WORK/apt-$1
	shift 3

	step "reading the package list of Debian $suite ($architecture)"
	apt_private_open "$apt" "$suite" "$architecture"
	step "downloading $*"
	apt_private_fetch "$apt" "$UV_WORK/packages" "$@"
	versions "$UV_WORK/packages" >>"$UV_WORK/new/version"
	unpack_packages "$UV_WORK/packages" "$tree"
}

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
	local name file todo

	todo=$(needed "$3")
	while [ -n "$todo" ]; do
		for name in $todo; do
			[ ! -e "$2/$name" ] || continue
			file=$(find "$1" -name "$name" -path '*lib*' | head -n 1)
			take "${file:-$1/$name}" "$2/$name"
		done
		todo=$(needed "$2"/* | while read -r name; do
			[ -e "$2/$name" ] || printf '%s\n' "$name"
		done)
	done
}

fetch() {
	local new=$UV_WORK/new tree=$UV_WORK/tree-s390x

	need_command readelf binutils
	steps 5
	mkdir -p "$new/s390x/lib"
	fetch_packages "$SIGN_SUITE" amd64 "$UV_WORK/tree-amd64" "$SIGN_PACKAGE"
	take "$UV_WORK/tree-amd64/usr/lib/$SIGN_PACKAGE/scripts/sign-file" "$new/sign-file"
	fetch_packages "$ZIPL_SUITE" s390x "$tree" "$ZIPL_PACKAGE" \
		libc6 libgcc-s1
	step "taking zipl and its files out of them"
	take "$(find "$tree" -path '*sbin/zipl' -type f | head -n 1)" "$new/s390x/zipl"
	take_libraries "$tree" "$new/s390x/lib" "$new/s390x/zipl"
	mkdir "$new/s390x/boot"
	cp -L "$tree"/usr/lib/s390-tools/*.bin "$new/s390x/boot/"
	publish "$new" ipl-tools
	say "tools to compare with: $(tr '\n' ' ' <"$UV_CACHE/ipl-tools/version")"
}

main() {
	case ${1:-} in
	--print)
		[ -e "$UV_CACHE/ipl-tools/version" ] || exit 1
		printf '%s\n' "$UV_CACHE/ipl-tools"
		return ;;
	'') ;;
	*)
		say "usage: ipl-tools.sh [--print]"
		exit 2 ;;
	esac
	lock ipl-tools
	[ ! -e "$UV_CACHE/ipl-tools/version" ] || return 0
	work_folder ipl-tools
	fetch
}

main "$@"
