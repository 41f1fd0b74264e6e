#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Protected guests: Debian's unmodified kernels, images of pvimg, stock QEMU.

load boot
load ../support/peers

setup_file() {
	boot_prepare
	machine z15 --generation z15
	machine z16 --generation z16
	machine z17 --generation z17
}

setup() {
	boot_require trixie
}

@test "z15, one CPU, Debian 13's kernel" {
	image basic trixie "" z15 z16
	run run_guest z15 basic
	runs_protected
	contains "cpus=1"
	contains "uvdevice=yes"
}

@test "z16, four CPUs" {
	image basic trixie "" z15 z16
	run run_guest z16 basic -smp 4
	runs_protected
	contains "cpus=4"
}

@test "z17, four CPUs, Debian sid's kernel" {
	boot_require sid
	image sid sid "" z17
	run run_guest z17 sid -smp 4
	runs_protected
	contains "cpus=4"
}

@test "the kernel's parameters come out of the encrypted image, not from -append" {
	image secret trixie "secret=only-for-the-guest" z16
	run ! grep -aq only-for-the-guest secret
	run run_guest z16 secret -append outside=1
	runs_protected
	contains "secret=only-for-the-guest"
	lacks "outside=1"
}

@test "a disk is read and written through bounce buffers" {
	image disk trixie "do=disk" z16
	printf 'from the host\n' >disk.img
	truncate -s 1M disk.img
	run run_guest z16 disk -drive file=disk.img,format=raw,if=none,id=d0 \
		-device virtio-blk-ccw,drive=d0,iommu_platform=on
	runs_protected
	contains "disk_read=from the host"
	contains "disk_written=0"
	run dd if=disk.img bs=512 skip=1 count=1 status=none
	contains "written by 6."
}

@test "a network card is usable with confidential-guest-support alone" {
	image net trixie "do=net" z16
	run run_guest z16 net -object s390-pv-guest,id=pv0 \
		-machine s390-ccw-virtio,confidential-guest-support=pv0 \
		-netdev "user,id=n0,restrict=on,guestfwd=tcp:10.0.2.100:7-cmd:echo hello guest" \
		-device virtio-net-ccw,netdev=n0
	runs_protected
	contains "net_read=hello guest"
	lacks "warning"
}

@test "a disk without iommu_platform is named, and the guest does without it" {
	image disk trixie "do=disk" z16
	truncate -s 1M plain.img
	run run_guest z16 disk -drive file=plain.img,format=raw,if=virtio
	contains "warning: -drive file=plain.img,format=raw,if=virtio: without iommu_platform=on"
	contains "VIRTIO_F_ACCESS_PLATFORM"
	lacks "disk_written"
}

@test "an image in the legacy layout, by IBM's C tool" {
	need genprotimg genprotimg-c genprotimg
	initrd trixie
	printf 'console=ttysclp0' >legacy.parm
	"$genprotimg" --no-verify -k "$(hkd z16)" -i "$UV_CACHE/guests/trixie/vmlinuz" \
		-r initrd-trixie -p legacy.parm -o legacy
	run run_guest z16 legacy
	runs_protected
}

@test "an image of IBM's Rust tool" {
	need pvimg pvimg-rust pvimg
	initrd trixie
	printf 'console=ttysclp0' >rust.parm
	"$pvimg" create --no-verify -k "$(hkd z16)" -i "$UV_CACHE/guests/trixie/vmlinuz" \
		--x-bootloader-directory "$(dirname "$pvimg")" \
		-r initrd-trixie -p rust.parm -o rust
	run run_guest z16 rust
	runs_protected
}

@test "storage above 2 GiB is usable" {
	image basic trixie "" z15 z16
	run run_guest z16 basic -m 3G
	runs_protected
}

@test "a normal guest with the ultravisor loaded stays normal" {
	initrd trixie
	run run_guest z16 "$UV_CACHE/guests/trixie/vmlinuz" -initrd initrd-trixie \
		-append "console=ttysclp0"
	contains "prot_virt_guest=none"
	contains "init=done"
	contains "uvdevice=no"
}

@test "--normal: the boot stage finds no unpack facility" {
	image basic trixie "" z15 z16
	RUN_OPTIONS=--normal run run_guest z16 basic -device virtio-balloon-ccw
	lacks "prot_virt_guest"
	contains "this machine offers no Secure Execution"
}

@test "power-off and halt end QEMU with status 0" {
	image halt trixie "do=halt" z16
	run run_guest z16 halt
	runs_protected
}
