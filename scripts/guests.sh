#!/usr/bin/env bash
# Fetch what test guests are made of: Debian's s390x kernels and a shell.
#
#   guests.sh [trixie|sid|busybox ...]      (all three by default)
#
# Leaves in CACHE/guests:
#   NAME/vmlinuz           the kernel of that suite
#   NAME/version           its release, as `uname -r` says in the guest
#   NAME/modules/*.ko      the modules that tests load, decompressed
#   NAME/modules/depends   "module: what must be loaded before it, in order"
#   NAME/modules/wanted    the list of modules that these were taken for
#   busybox/busybox        statically linked; busybox/version
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh
. ./apt-private.sh

# Modules wanted, with whatever they depend on.  A pattern that matches nothing
# is fine (a later kernel may have built it in or dropped it), except for the
# required ones.
REQUIRED='virtio_blk virtio_net uvdevice'
OPTIONAL='virtio_scsi virtio_rng zcrypt* pkey* paes_s390 vfio_ap
	dm-mod dm-crypt ext4 crc32c* squashfs 9pnet_virtio 9p vsock vmw_vsock_virtio_transport'

# All of it on one line: a cache that was filled for another list is filled anew.
wanted_list() {
	tr -s '[:space:]' ' ' <<<"$REQUIRED $OPTIONAL"
}

# module_depends FILE: the modules named in its own description.  (Packages
# hold no modules.dep; that is made when a kernel is installed.)
module_depends() {
	LC_ALL=C readelf -W -p .modinfo "$1" |
		sed -n 's/^ *\[ *[0-9a-f]*\]  *depends=//p' | tr ',' ' '
}

# find_modules TREE PATTERN: module files, compressed or not.  Names of modules
# take - and _ for the same.
find_modules() {
	find "$1" -name "${2//[-_]/[-_]}.ko*" | LC_ALL=C sort
}

# copy_module FILE TARGET: decompress one module file.
copy_module() {
	case $1 in
	*.ko) cp "$1" "$2" ;;
	*.ko.xz) xz -dc "$1" >"$2" ;;
	*.ko.zst) zstd -qdc "$1" >"$2" ;;
	*) die "unknown compression of the kernel module ${1##*/}" \
		"Debian's packages have changed; please report this." ;;
	esac
}

# take_module TREE NAME TARGET: NAME and all that it depends on into the folder
# TARGET; prints the names in the order of loading.
take_module() {
	local tree=$1 name=${2//-/_} target=$3 file dependency

	if ! [ -e "$target/$name.ko" ]; then
		file=$(find_modules "$tree" "$name" | head -n 1)
		# A dependency without a file is built in.
		[ -n "$file" ] || return 0
		copy_module "$file" "$target/$name.ko"
	fi
	for dependency in $(module_depends "$target/$name.ko"); do
		take_module "$tree" "$dependency" "$target"
	done
	printf '%s\n' "$name"
}

# wanted_modules TREE: the names that the patterns stand for.
wanted_modules() {
	local pattern

	set -f
	for pattern in $REQUIRED $OPTIONAL; do
		find_modules "$1" "$pattern"
	done | sed 's|.*/||; s|\.ko.*||; s|-|_|g' | LC_ALL=C sort -u
	set +f
}

# take_modules TREE TARGET
take_modules() {
	local name order

	mkdir "$2"
	for name in $REQUIRED; do
		[ -n "$(find_modules "$1" "$name")" ] ||
			die "Debian's kernel package has no module $name" "Please report this."
	done
	for name in $(wanted_modules "$1"); do
		# A dependency may be reached on several ways; first place counts.
		order=$(take_module "$1" "$name" "$2" | awk '!seen[$0]++' | grep -vxF "$name" | tr '\n' ' ' || true)
		printf '%s: %s\n' "$name" "$order" | sed 's/ *$//'
	done >"$2/depends"
	wanted_list >"$2/wanted"
}

# kernel_packages APT: the packages with the kernel and its modules behind the
# meta package.  Newer suites split them, so take what the dependencies say.
kernel_packages() {
	local plan

	plan=$(apt_private_plan "$1" linux-image-s390x)
	sed -n 's/^\(linux-\(image\|binary\|modules\)-[0-9][^ ]*\) .*/\1/p' <<<"$plan"
}

# take_kernel TREE TARGET: the kernel and its release.  Older packages have
# boot/vmlinuz-RELEASE, newer ones usr/lib/modules/RELEASE/vmlinuz.
take_kernel() {
	local kernel

	kernel=$(find "$1" -type f -name 'vmlinuz*')
	[ -f "$kernel" ] ||
		die "expected one kernel in Debian's packages, found: ${kernel:-none}" \
			"Debian's packages have changed; please report this."
	cp "$kernel" "$2/vmlinuz"
	find "$1" -type d -path '*lib/modules/*/kernel' -prune |
		sed 's|/kernel$||; s|.*/||' >"$2/version"
	[ "$(wc -l <"$2/version")" -eq 1 ] ||
		die "expected the modules of one kernel in Debian's packages, found: $(cat "$2/version")" \
			"Debian's packages have changed; please report this."
}

# fetch_kernel SUITE
fetch_kernel() {
	local suite=$1 apt=$UV_WORK/apt tree=$UV_WORK/tree new=$UV_WORK/new packages

	need_command xz xz-utils
	need_command readelf binutils
	step "reading the package list of Debian $suite (s390x)"
	apt_private_open "$apt" "$suite" s390x
	packages=$(kernel_packages "$apt")
	[ -n "$packages" ] || die "no kernel behind linux-image-s390x in Debian $suite" \
		"Debian's packages have changed; please report this."
	# shellcheck disable=SC2086 # a list of names
	step "downloading the kernel" $packages
	# shellcheck disable=SC2086
	apt_private_fetch "$apt" "$UV_WORK/packages" $packages
	step "taking kernel and modules out of it"
	unpack_packages "$UV_WORK/packages" "$tree"
	mkdir "$new"
	take_kernel "$tree" "$new"
	take_modules "$tree" "$new/modules"
	publish "$new" "guests/$suite"
	say "guest kernel: $(cat "$UV_CACHE/guests/$suite/version")"
}

# static_s390x FILE: an ELF file for s390x that needs no dynamic loader.
static_s390x() {
	local headers

	headers=$(LC_ALL=C readelf -hlW "$1" 2>/dev/null) || return 1
	grep -q 'Machine:.*S/390' <<<"$headers" && grep -q 'Class:.*ELF64' <<<"$headers" &&
		! grep -q 'INTERP' <<<"$headers"
}

fetch_busybox() {
	local apt=$UV_WORK/apt tree=$UV_WORK/tree new=$UV_WORK/new

	need_command readelf binutils
	step "reading the package list of Debian trixie (s390x)"
	apt_private_open "$apt" trixie s390x
	step "downloading busybox"
	apt_private_fetch "$apt" "$UV_WORK/packages" busybox-static
	step "taking it out"
	mkdir "$new"
	dpkg-deb -f "$UV_WORK"/packages/*.deb Version >"$new/version"
	unpack_packages "$UV_WORK/packages" "$tree"
	find "$tree" -path '*bin/busybox' -type f -exec cp {} "$new/busybox" \;
	static_s390x "$new/busybox" ||
		die "Debian's busybox-static holds no static s390x program" \
			"Debian's packages have changed; please report this."
	publish "$new" guests/busybox
	say "guest shell: busybox $(cat "$UV_CACHE/guests/busybox/version")"
}

# is_current NAME: a folder that is there is complete, see lib.sh.
is_current() {
	[ -e "$UV_CACHE/guests/$1/version" ] || return 1
	[ "$1" = busybox ] ||
		cmp -s "$UV_CACHE/guests/$1/modules/wanted" <(wanted_list)
}

ensure() {
	! is_current "$1" || return 0
	work_folder guests
	steps 3
	case $1 in
	busybox) fetch_busybox ;;
	*) fetch_kernel "$1" ;;
	esac
}

main() {
	local name

	[ $# -gt 0 ] || set -- busybox trixie sid
	for name in "$@"; do
		case $name in
		trixie | sid | busybox) ;;
		*)
			say "usage: guests.sh [trixie|sid|busybox ...]"
			exit 2 ;;
		esac
	done
	lock guests
	for name in "$@"; do
		ensure "$name"
	done
}

main "$@"
