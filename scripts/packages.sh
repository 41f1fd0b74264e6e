#!/usr/bin/env bash
# Install the Debian packages that building and testing need.
#
#   packages.sh [tools|all]
#
# tools (the default): what the tools are built from; all: everything else that
# the tests, the guest code and the documentation need.  What is already there
# is left alone, so a second run needs neither network nor root rights.
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh

# libc6-dev is named because recommended packages are left out.
TOOLS='meson ninja-build pkg-config gcc libc6-dev libssl-dev libcurl4-openssl-dev'
# libclang-rt-dev (sanitizers and fuzzer) follows the distribution's clang version.
REST='gcc-s390x-linux-gnu libc6-dev-s390x-cross
	libyaml-dev libjansson-dev libxml2-dev libfuse3-dev fuse3 libcmocka-dev
	bats scdoc mandoc clang libclang-rt-dev cpio xz-utils faketime curl openssl jq
	gcovr python3 python3-libkdumpfile binutils qemu-user-static
	gnutls-bin softhsm2 libengine-pkcs11-openssl'

# missing PACKAGE...: those of the packages that are not installed.  A name that
# an installed package provides counts as there.
missing() {
	local there package

	there=$(dpkg-query -W -f '${db:Status-Status}\t${Package}, ${Provides}\n' |
		sed -n 's/^installed\t//p' |
		tr ',' '\n' | sed 's/^ *//; s/[ :(].*//' | sort -u)
	for package in "$@"; do
		grep -qxF "$package" <<<"$there" || printf '%s ' "$package"
	done
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y -o DPkg::Lock::Timeout=600 "$@" </dev/null >&2
}

# Lists that cannot be refreshed are no error yet: it may be some third party's
# repository that is out of reach, and the packages may be at hand all the same.
install() {
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		die "packages are missing, and installing them takes root rights: $*" \
			"Run as root: apt-get install $*"
	fi
	steps 2
	step "reading the package lists"
	apt_get -qq update ||
		say "some package lists could not be read (see above); trying with those at hand"
	step "installing: $*"
	apt_get install --no-install-recommends "$@" ||
		die "apt-get could not install all of: $*" \
			"See its message above. Check the network and apt's sources, or install these packages by hand."
}

main() {
	local wanted lacking

	case ${1:-tools} in
	tools) wanted=$TOOLS ;;
	all) wanted="$TOOLS $REST" ;;
	*)
		say "usage: packages.sh [tools|all]"
		exit 2 ;;
	esac
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		die "this is not a Debian system (no apt-get)" \
			"Install the equivalents of these Debian packages by hand:" "$wanted"
	fi
	# shellcheck disable=SC2086 # lists of words
	lacking=$(missing $wanted)
	# shellcheck disable=SC2086
	[ -z "$lacking" ] || install $lacking
}

main "$@"
