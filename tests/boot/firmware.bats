#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The boot loader and stage 3 on QEMU alone, without the plugin: devices, boot
# order, load parameter, menu, disks that cannot be booted. Most disks have a
# stand-in for a kernel, which stops the machine with a code of its own.

load boot
load stand-in

setup_file() {
	boot_prepare
	for code in 1 2 3; do
		stand_in "kernel$code" "$code"
	done
	sipl mkdisk -q --no-component-check -i kernel1 -P "one" --program 2,kernel=kernel2 \
		--program 30,kernel=kernel3 -o disk
	sipl mkdisk -q --no-component-check -i kernel2 -o other
	truncate -s 1M empty
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	QEMU=$UV_CACHE/engine/qemu-system-s390x
	[ -x "$QEMU" ] || QEMU=$(command -v qemu-system-s390x) || skip "not there: QEMU (scripts/engine.sh)"
}

# boot [QEMU-OPTION...]: on the boot loader, until it ends; for bats' run
boot() {
	timeout -k 5 "$BOOT_LIMIT" "$QEMU" -machine "s390-ccw-virtio${MACHINE:-}" -cpu max \
		-m "${MEMORY:-256}" -nodefaults -nographic -no-reboot -d guest_errors \
		-bios "$UV_BUILD/lib/ultraviolet-ipl.img" -chardev stdio,id=con \
		-device sclpconsole,chardev=con "$@" 2>&1 | tr -d '\r\0'
}

# blk FILE [INDEX [OPTIONS]]: options for a virtio-blk disk
blk() {
	echo "-drive file=$1,format=raw,if=none,snapshot=on,id=d${2:-1}" \
		"-device virtio-blk-ccw,drive=d${2:-1},bootindex=${2:-1}${3:-}"
}

# scsi FILE [INDEX [OPTIONS [ADAPTER-OPTIONS]]]
scsi() {
	echo "-device virtio-scsi-ccw,id=a${2:-1}${4:-}" \
		"-drive file=$1,format=raw,if=none,snapshot=on,id=d${2:-1}" \
		"-device scsi-hd,drive=d${2:-1},bus=a${2:-1}.0,bootindex=${2:-1}${3:-}"
}

# gave_up: the boot loader ended by itself
gave_up() {
	contains "Boot stopped: "
	contains "PSW: 0x0002000080000000 0x0000000000004512"
}

# --- Devices ------------------------------------------------------------------------

@test "virtio-blk and virtio-scsi, anywhere on the channel subsystem" {
	run boot $(blk disk)
	started 1
	run boot $(blk disk 1 ,devno=fe.3.ffff)
	started 1
	contains "device 0.3.ffff"
	run boot $(scsi disk)
	started 1
	run boot $(scsi disk 1 ,lun=9,scsi-id=200 ,devno=fe.1.1234)
	started 1
	run boot $(blk disk 1 ,iommu_platform=on)
	started 1
	run boot -device virtio-net-ccw $(blk disk)
	started 1
}

@test "block sizes are the device's" {
	for size in 1024 2048 4096; do
		sipl mkdisk -q --no-component-check -i kernel3 -b $size -o "disk-$size"
		run boot $(blk disk-$size 1 ",logical_block_size=$size,physical_block_size=$size")
		started 3
		run boot $(scsi disk-$size 1 ",logical_block_size=$size,physical_block_size=$size")
		started 3
	done
	run boot $(blk disk 1 ,logical_block_size=4096,physical_block_size=4096)
	gave_up
	contains "written for another block size"
}

@test "more storage than 2 GiB, and little" {
	MEMORY=3000 run boot $(blk disk)
	started 1
	MEMORY=32 run boot $(blk disk)
	started 1
}

@test "without a boot index every disk is tried" {
	run boot
	gave_up
	contains "no device to boot from"
	run boot $(blk empty) $(scsi disk 2)
	started 1
	run boot -device virtio-scsi-ccw,id=a -drive file=disk,format=raw,if=none,snapshot=on,id=d \
		-device scsi-hd,drive=d,bus=a.0,scsi-id=7
	started 1
}

@test "a kernel starts on the boot loader with both stages 3" {
	boot_require trixie
	"$UV_ROOT/scripts/mkinitramfs.sh" -k trixie -i "$UV_ROOT/tests/boot/init-basic.sh" -o initrd
	sipl mkdisk -q -i "$UV_CACHE/guests/trixie/vmlinuz" -r initrd -P console=ttysclp0 -o linux
	run boot -smp 2 $(scsi linux)
	contains "cpus=2"
	contains "init=done"
	sipl mkdisk -q --overwrite -i "$UV_CACHE/guests/trixie/vmlinuz" -r initrd -P console=ttysclp0 \
		--stage3 "$(debian_stage3)" -o linux
	run boot $(blk linux)
	contains "init=done"
}

# --- Boot order ---------------------------------------------------------------------

@test "the next device is tried, up to the eighth" {
	local devices=() index
	run boot $(blk empty 1) $(scsi other 2)
	started 2
	for index in 1 2 3 4 5 6 7; do
		devices+=($(blk empty $index))
	done
	run boot "${devices[@]}" $(blk disk 8)
	started 1
	[ "$(grep -c 'no zIPL boot record' <<<"$output")" -eq 7 ]
	run boot "${devices[@]}" $(blk empty 8)
	gave_up
}

@test "a network is passed over, in words" {
	run boot -device virtio-net-ccw,bootindex=1 $(blk disk 2)
	contains "cannot boot from a network"
	started 1
}

@test "a PCI device is passed over, in words" {
	run boot -drive file=disk,format=raw,if=none,snapshot=on,id=p \
		-device virtio-blk-pci,drive=p,bootindex=1 $(blk disk 2)
	contains "cannot boot from a PCI device"
	started 1
}

@test "DASD layouts and ISO file systems are passed over, in words" {
	cp empty eckd
	bytes e5d6d3f1 | dd of=eckd bs=1 seek=1024 conv=notrunc status=none
	run boot $(blk eckd 1) $(blk disk 2)
	contains "layout of a DASD (ECKD)"
	started 1
	cp empty iso
	bytes 014344303031 | dd of=iso bs=1 seek=32768 conv=notrunc status=none
	run boot $(blk iso 1) $(blk disk 2)
	contains "ISO 9660"
	started 1
	run boot -device virtio-scsi-ccw -drive file=iso,format=raw,if=none,id=cd,readonly=on \
		-device scsi-cd,drive=cd,bootindex=1
	contains "ISO 9660"
	gave_up
}

# --- Programs -----------------------------------------------------------------------

@test "the load parameter chooses a program" {
	run boot $(blk disk 1 ,loadparm=2)
	started 2
	MACHINE=,loadparm=30 run boot $(scsi disk)
	started 3
	run boot $(blk disk 1 ,loadparm=1)
	started 1
	run boot $(blk disk 1 ,loadparm=LINUX)
	started 1
}

@test "a program that is not there stops the boot" {
	run boot $(blk disk 1 ,loadparm=3) $(blk other 2)
	gave_up
	contains "not on the disk"
	run boot $(blk disk 1 ,loadparm=31) $(blk other 2)
	gave_up
	contains "too large a number"
}

# typed KEYS...: one after the other, while the guest runs
typed() {
	sleep 1
	for keys; do
		printf "$keys"
		sleep 0.5
	done
}

@test "the boot menu asks, and takes what is typed" {
	run boot $(blk disk 1 ,loadparm=PROMPT) < <(typed '2\r')
	contains "Boot menu"
	contains "  0 (default)"
	contains "  30"
	started 2
	run boot $(blk disk 1 ,loadparm=PROMPT) < <(typed '7\r' '30\r')
	contains "no such program"
	started 3
	run boot -boot menu=on $(scsi disk) < <(typed '\r')
	started 1
}

@test "the boot menu does not wait for ever" {
	run boot -boot menu=on,splash-time=1500 $(blk disk) < <(sleep 10)
	contains "Boot menu"
	contains "0 starts in 2 s"
	started 1
}

# --- Damage -------------------------------------------------------------------------

# component N DISK: byte offset of entry N of program 0's component table
component() {
	echo $((2 * 512 + 32 + $1 * 32))
}

# put DISK OFFSET DIGITS: other bytes there
put() {
	bytes "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "nothing is loaded over the boot loader or outside storage" {
	local entry
	cp other wild
	entry=$(component 0 wild)
	[ "$(od -An -tx1 -j $((entry + 23)) -N 1 wild | tr -d ' ')" = 02 ]
	# 256 MiB: the boot loader is at 0x0fd00000.
	put wild $((entry + 24)) 000000000fd00000
	run boot $(blk wild)
	gave_up
	contains "over the boot loader"
	put wild $((entry + 24)) 000000000ffff000
	run boot $(blk wild)
	contains "does not fit the guest's memory"
	put wild $((entry + 24)) fffffffffffff000
	run boot $(blk wild) $(blk disk 2)
	contains "does not fit the guest's memory"
	started 1
}

@test "damaged tables are passed over" {
	cp other wild
	put wild $(($(component 0 wild) + 23)) 09
	run boot $(blk wild) $(blk disk 2)
	contains "entry of unknown type"
	started 1
	cp other short
	truncate -s 16K short
	run boot $(scsi short) $(blk disk 2)
	contains "disk cannot be read"
	started 1
}

@test "stage 3 does not follow wrong parameters" {
	local at
	cp other wild
	# The parameters begin with "no command line"; the kernel's address stands at 0x38.
	at=$(LC_ALL=C grep -abo -m 1 "$(bytes ffffffffffffffff)" wild | head -n 1 | cut -d : -f 1)
	put wild $((at + 0x38)) 0000000000020000
	run boot $(blk wild)
	gave_up
	contains "another address than 0x10000"
	contains "remedy: "
}
