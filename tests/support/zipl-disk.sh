#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Write a boot disk with Debian's own s390x zipl, in a guest.
#
#   zipl-disk.sh [-b BLOCKSIZE] [-r INITRD] [-P PARAMETERS] [-S 0|1] OUT KERNEL STAGE3
#
# OUT becomes a raw disk with an ext4 file system that holds the files and zipl's
# boot map. KERNEL and STAGE3 are used as they are, signed or not. Needs what
# scripts/engine.sh, guests.sh and ipl-tools.sh fetch; no root rights.
set -euo pipefail
UV_ROOT=$(cd "$(dirname "$0")/../.." && pwd)
UV_CACHE=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ultraviolet}
GUEST=trixie
LIMIT=${BOOT_LIMIT:-120}

usage() {
	echo "usage: zipl-disk.sh [-b BLOCKSIZE] [-r INITRD] [-P PARAMETERS] [-S 0|1] OUT KERNEL STAGE3" >&2
	exit 2
}

die() {
	echo "zipl-disk.sh: $*" >&2
	exit 1
}

# make_disk: the file system with what zipl reads, and room for copies of it.
make_disk() {
	local size

	mkdir "$work/files"
	cp "$kernel" "$work/files/vmlinuz"
	printf -- '--verbose --secure %s --target /mnt --image /mnt/whole-vmlinuz' "$secure" \
		>"$work/files/zipl-options"
	if [ -n "$initrd" ]; then
		cp "$initrd" "$work/files/initrd"
		printf ' --ramdisk /mnt/whole-initrd' >>"$work/files/zipl-options"
	fi
	if [ -n "$parameters" ]; then
		printf '%s' "$parameters" >"$work/files/parmfile"
		printf ' --parmfile /mnt/parmfile' >>"$work/files/zipl-options"
	fi
	size=$(($(du -sm "$work/files" | cut -f 1) * 2 + 24))
	truncate -s "${size}M" "$work/disk"
	mke2fs -q -t ext4 -b 4096 -O ^has_journal -d "$work/files" "$work/disk"
}

# run_guest: zipl on that disk; its console on standard output.
run_guest() {
	local tools=$UV_CACHE/ipl-tools/s390x

	"$UV_ROOT/scripts/mkinitramfs.sh" -k "$GUEST" -m "virtio_blk crc32c_generic ext4" \
		-i "$UV_ROOT/tests/support/init-zipl.sh" -o "$work/initramfs" \
		-f "$tools/zipl:/bin/zipl" -f "$tools/lib/ld64.so.1:/lib/ld64.so.1" \
		-f "$tools/lib/libc.so.6:/lib/libc.so.6" \
		-f "$stage3:/usr/lib/s390-tools/stage3.bin"
	timeout -k 5 "$LIMIT" "$UV_CACHE/engine/qemu-system-s390x" -m 512 -nographic -no-reboot \
		-kernel "$UV_CACHE/guests/$GUEST/vmlinuz" -initrd "$work/initramfs" \
		-append 'console=ttysclp0 quiet panic=-1' \
		-drive "file=$work/disk,format=raw,if=none,id=disk" \
		-device "virtio-blk-ccw,drive=disk,logical_block_size=$blocksize,physical_block_size=$blocksize" \
		</dev/null 2>&1 | tr -d '\r\0'
}

blocksize=512 initrd='' parameters='' secure=1
while getopts b:r:P:S: option; do
	case $option in
	b) blocksize=$OPTARG ;;
	r) initrd=$OPTARG ;;
	P) parameters=$OPTARG ;;
	S) secure=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 3 ] || usage
out=$1 kernel=$2 stage3=$3

[ -x "$UV_CACHE/engine/qemu-system-s390x" ] || die "no QEMU: scripts/engine.sh"
[ -x "$UV_CACHE/ipl-tools/s390x/zipl" ] || die "no zipl: scripts/ipl-tools.sh"
command -v mke2fs >/dev/null || die "mke2fs is missing (Debian: e2fsprogs)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make_disk
run_guest >"$work/console"
grep -qx 'zipl=0' "$work/console" || {
	cat "$work/console" >&2
	die "zipl failed in the guest"
}
mv "$work/disk" "$out"
