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
. ./peer-tools.sh

SUITE=trixie
PACKAGES='s390-tools libc6 zlib1g libfuse3-4 libglib2.0-0t64 libssl3t64 libpcre2-8-0
	libatomic1 libzstd1'

fetch() {
	local new=$UV_WORK/new tree=$UV_WORK/tree

	steps 3
	mkdir "$new/lib"
	# shellcheck disable=SC2086 # a list of names
	fetch_packages "$SUITE" s390x "$tree" $PACKAGES
	step "taking zgetdump out of them"
	take "$tree/usr/sbin/zgetdump" "$new/zgetdump"
	take_libraries "$tree" "$new/lib" "$new/zgetdump"
}

peer_tools dump-tools "$@"
