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
. ./peer-tools.sh

SIGN_SUITE=bookworm
SIGN_PACKAGE=linux-kbuild-6.1
ZIPL_SUITE=trixie
ZIPL_PACKAGE=s390-tools

fetch() {
	local new=$UV_WORK/new tree=$UV_WORK/tree-s390x

	steps 5
	mkdir -p "$new/s390x/lib" "$new/s390x/boot"
	fetch_packages "$SIGN_SUITE" amd64 "$UV_WORK/tree-amd64" "$SIGN_PACKAGE"
	take "$UV_WORK/tree-amd64/usr/lib/$SIGN_PACKAGE/scripts/sign-file" "$new/sign-file"
	fetch_packages "$ZIPL_SUITE" s390x "$tree" "$ZIPL_PACKAGE" \
		libc6 libgcc-s1
	step "taking zipl and its files out of them"
	take "$(find "$tree" -path '*sbin/zipl' -type f | head -n 1)" "$new/s390x/zipl"
	take_libraries "$tree" "$new/s390x/lib" "$new/s390x/zipl"
	cp -L "$tree"/usr/lib/s390-tools/*.bin "$new/s390x/boot/"
}

peer_tools ipl-tools "$@"
