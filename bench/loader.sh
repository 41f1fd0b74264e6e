#!/bin/bash
# SPDX-License-Identifier: MIT
# loader.sh: from power-on to the first instruction of a kernel, on our boot loader
# and on the one that QEMU brings along: normal mode, the same disk and stage 3, no
# plugin. Aim: 1.0 times the time of QEMU's or less. BENCH_ROUNDS (default 41) starts
# of each, taken in turn; medians.
#
# The kernel is Debian's in size and stops the machine with its first instruction.
# What QEMU needs to start and end is part of both times.
set -eu
rounds=${BENCH_ROUNDS:-41}
cache=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ultraviolet}
kernel=$cache/guests/trixie/vmlinuz
qemu=$cache/engine/qemu-system-s390x

work=$(mktemp -d "${BENCH_FOLDER:-${TMPDIR:-/tmp}}/uv-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# larl %r1,.+16; lpswe 0(%r1); padding; a disabled-wait PSW with address 0xc0de
cp "$kernel" kernel
printf '\xc0\x10\0\0\0\x08\xb2\xb2\x10\0\0\0\0\0\0\0\0\x02\0\0\x80\0\0\0\0\0\0\0\0\0\xc0\xde' |
	dd of=kernel bs=1 seek=65536 conv=notrunc status=none
sipl mkdisk -q --no-component-check -i kernel -o disk

median() {
	sort -n | awk '{ a[NR] = $1 } END { print (a[int((NR + 1) / 2)] + a[int(NR / 2) + 1]) / 2 }'
}

# start ours|theirs blk|scsi
start() {
	local firmware=s390-ccw.img
	local devices=(-device "virtio-blk-ccw,drive=d,bootindex=1")

	[ "$1" = theirs ] || firmware=$UV_BUILD/lib/ultraviolet-ipl.img
	[ "$2" = blk ] || devices=(-device virtio-scsi-ccw -device "scsi-hd,drive=d,bootindex=1")
	timeout -k 5 60 "$qemu" -machine s390-ccw-virtio -cpu max -m 1G -nodefaults -display none \
		-no-reboot -d guest_errors -bios "$firmware" -chardev file,id=con,path=console \
		-device sclpconsole,chardev=con -drive file=disk,format=raw,if=none,snapshot=on,id=d \
		"${devices[@]}" </dev/null >log 2>&1
	grep -q 'PSW: 0x0002000080000000 0x000000000000c0de' log || { cat log console; exit 1; }
}

TIMEFORMAT='%R %U %S'
for device in blk scsi; do
	for ((i = 0; i < rounds; i++)); do
		for name in ours theirs; do
			{ time start $name $device; } 2>clocks
			awk '{ print $1 }' clocks >>"wall-$device-$name"
			awk '{ print $2 + $3 }' clocks >>"cpu-$device-$name"
		done
	done
	for clock in wall cpu; do
		awk -v device=$device -v clock=$clock -v a="$(median <"$clock-$device-ours")" \
			-v b="$(median <"$clock-$device-theirs")" 'BEGIN {
			printf "virtio-%-4s %s: %.3f s ours, %.3f s theirs: ratio %.2f%s\n", device, clock,
				a, b, a / b, clock == "wall" ? " (aim: 1.0 or less)" : "" }'
	done
done
