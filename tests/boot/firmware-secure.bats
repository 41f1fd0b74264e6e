#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What boot loader and stage 3 do in audit and secure mode with disks that nobody
# would write, or somebody forged. Kernels are stand-ins, which stop the machine
# with a code; Debian's are in secure-ipl.bats.

load boot
load secure-ipl
load stand-in

SECURE=,secure-boot=on,boot-certs.0.path=signer.pem
AUDIT=,boot-certs.0.path=signer.pem

setup_file() {
	boot_prepare
	boot_certificate signer
	stand_in kernel 1
	sipl mkdisk -q --no-component-check -i kernel -P "one two" -k signer.key -c signer.pem -o disk
	truncate -s 1M empty
}

setup() {
	boot_require trixie
}

# boot MACHINE-OPTIONS [QEMU-OPTION...]; for bats' run
boot() {
	secure_guest guest "$1" -d guest_errors "${@:2}"
}

# put DISK OFFSET DIGITS: other bytes there
put() {
	bytes "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# parameters DISK: byte offset of stage 3's parameters
parameters() {
	sipl inspect --format json "$1" | jq '.block_size as $size |
		.programs[0].components[] | select(.address == "0000000000009000") | .first_block * $size'
}

verified() {
	[ "$(grep -c 'Verified component' <<<"$output")" -eq "$1" ]
}

@test "a signed stand-in starts in both modes, whatever the block size" {
	for size in 512 4096; do
		sipl mkdisk -q --no-component-check -i kernel -k signer.key -c signer.pem -b $size \
			-o "disk-$size"
		for mode in $SECURE $AUDIT; do
			run boot $mode $(on_blk "disk-$size"),logical_block_size=$size,physical_block_size=$size
			started 1
			verified 2
		done
	done
}

@test "a SCSI adapter whose number is a place in the boot order" {
	for devno in 0000 0001 0007; do
		run boot $SECURE -nic none -device virtio-scsi-ccw,id=a,devno=fe.0.$devno \
			-drive file=empty,format=raw,if=none,id=e -device scsi-hd,drive=e,bus=a.0,bootindex=1 \
			-drive file=disk,format=raw,if=none,id=d -device scsi-hd,drive=d,bus=a.0,bootindex=2
		started 1
		verified 2
	done
}

@test "DASD layouts and ISO file systems stop audit and secure mode" {
	cp empty eckd
	put eckd 1024 e5d6d3f1
	cp empty iso
	put iso 32768 014344303031
	for mode in $SECURE $AUDIT; do
		run boot $mode $(on_blk eckd 1) $(on_blk disk 2)
		contains "Boot stopped: disk has the layout of a DASD"
		lacks "Verified component"
		run boot $mode $(on_blk iso 1) $(on_blk disk 2)
		contains "Boot stopped: device has an ISO 9660"
		lacks "Verified component"
	done
}

@test "a verified stage 3 starts no kernel that was not verified" {
	cp "$UV_BUILD/guest/bin/stage3.bin" stage3
	sipl sign -q -i -k signer.key -c signer.pem stage3
	sipl mkdisk -q --no-component-check --overwrite -i kernel --stage3 stage3 -o half
	run boot $SECURE $(on_blk half)
	verified 1
	contains "Boot stopped: there is no verified component at 0x10000"
	lacks c0de
	run boot $AUDIT $(on_blk half)
	started 1
}

# forged OFFSET DIGITS WORDS: with this in stage 3's parameters, it stops in secure mode
forged() {
	cp disk forged
	put forged $(($(parameters forged) + $1)) "$2"
	run boot $SECURE $(on_blk forged)
	contains "Boot stopped: $3"
	verified 2
	lacks c0de
}

@test "stage 3 in secure mode does not follow forged parameters" {
	forged 0x00 0000000000010400 "a part lies within the kernel"
	forged 0x00 0000000000009000 "a part lies below 64 KiB"
	forged 0x18 0008000080010100 "the kernel is to be started elsewhere"
	forged 0x28 0002000000000000 "this stage 3 starts no stand-alone kdump"
	forged 0x30 0000000000100000 "the kernel is said to be longer"
	forged 0x30 0000000000010000 "the kernel is not larger than 64 KiB"
	forged 0x38 0000000000030000 "the kernel is said to be at another address"
	forged 0x10 ffffffffffffffff "a part "
}

@test "the stage 3 of Debian's s390-tools, signed" {
	cp "$(debian_stage3)" stage3-debian
	sipl sign -q -i -k signer.key -c signer.pem stage3-debian
	sipl mkdisk -q --no-component-check --overwrite --stage3 stage3-debian -i kernel -P one \
		-k signer.key -c signer.pem -o debian
	run boot $SECURE $(on_blk debian)
	started 1
	verified 2
}

@test "two signers, each with a certificate of its own" {
	boot_certificate second
	cp "$UV_BUILD/guest/bin/stage3.bin" stage3-second
	sipl sign -q -i -k second.key -c second.pem stage3-second
	cp kernel kernel-first
	sipl sign -q -i -k signer.key -c signer.pem kernel-first
	sipl mkdisk -q --no-component-check --overwrite --secure 1 -i kernel-first \
		--stage3 stage3-second -o two
	run boot $SECURE,boot-certs.1.path=second.pem $(on_blk two)
	started 1
	verified 2
	run ultraviolet report guest --format json
	[ "$(jq '.certificates | length' <<<"$output")" -eq 2 ]
}
