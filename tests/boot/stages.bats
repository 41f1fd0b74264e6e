#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The two boot stages alone, on any QEMU: no plugin, nothing protected. stage3a
# has to say why it cannot go on; stage3b runs from a plain picture of guest
# storage, as an ultravisor would have left it.

setup_file() {
	export ROOT=${UV_ROOT:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	export BUILD=${UV_BUILD:-$ROOT/build}
	export STAGES=$BUILD/guest/bin
	local cache=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ultraviolet}
	export GUEST=$cache/guests/trixie
	QEMU=$cache/engine/qemu-system-s390x
	[ -x "$QEMU" ] || QEMU=$(command -v qemu-system-s390x) || QEMU=
	export QEMU
	cd "$BATS_FILE_TMPDIR" || return 1
	make_payload payload 66000 4096
	printf 'some parameters' >parm
	head -c 5000 /dev/zero | tr '\0' 'i' >initrd
}

setup() {
	[ -n "$QEMU" ] || skip "no qemu-system-s390x, neither on PATH nor in the cache"
	cd "$BATS_FILE_TMPDIR" || return 1
}

# make_payload FILE SIZE LIMIT: a "kernel" of that size which announces that
# limit for its command line and stops the CPU with reason 0x600d:
# BASR 1,0; LPSWE 6(1); the PSW.
make_payload() {
	truncate -s "$2" "$1"
	printf '\015\020\262\262\020\006\000\000\000\002\000\001\200\000\000\000\000\000\000\000\000\000\140\015' |
		dd of="$1" bs=1 seek=65536 conv=notrunc status=none
	[ "$2" -lt 66616 ] || word "$3" | dd of="$1" bs=1 seek=66608 conv=notrunc status=none
	truncate -s "$2" "$1"
}

# word NUMBER: 8 bytes, big-endian
word() {
	# shellcheck disable=SC2059 # the format is made of octal escapes
	printf "$(printf '%016x' "$1" | sed 's/../& /g' | awk '{
		for (i = 1; i <= NF; i++) {
			high = index("0123456789abcdef", substr($i, 1, 1)) - 1
			low = index("0123456789abcdef", substr($i, 2, 1)) - 1
			printf "\\%03o", high * 16 + low
		}
	}')"
}

# start IMAGE [OPTION...]: everything QEMU and the guest say, without CRs
start() {
	local image=$1
	shift
	timeout -k 5 90 "$QEMU" -machine s390-ccw-virtio -cpu max -m 256 -nographic \
		-no-reboot -d guest_errors -kernel "$image" "$@" </dev/null 2>&1 | tr -d '\r'
}

# start_stage3b [FIELD=VALUE...]: with the small payload
start_stage3b() {
	"$BUILD/tests/boot/plain_image" image "$STAGES/stage3b_reloc.bin" \
		"${KERNEL:-payload}" "${CMDLINE:-parm}" "${INITRD:-initrd}" "$@" >/dev/null || return 1
	start image
}

# make_stage3a_image FILE: short PSW and stage3a, as every image starts
make_stage3a_image() {
	truncate -s 65536 "$1"
	printf '\000\010\000\001\200\001\020\000' | dd of="$1" conv=notrunc status=none
	cat "$STAGES/stage3a.bin" >>"$1"
}

contains() {
	[[ $output == *"$1"* ]] || { echo "missing: $1"; echo "$output"; return 1; }
}

stopped_with() {
	contains "PSW: 0x0002000080000000 0x$(printf '%016x' "$1")"
}

payload_ran() {
	contains "PSW: 0x0002000180000000 0x000000000000600d"
	[[ $output != *failed* ]] || { echo "$output"; return 1; }
}

refused() { # TEXT
	contains "Protected boot failed: $1"
	contains "remedy:"
	stopped_with 0x4511
}

@test "stage3a: a machine without Secure Execution is named, and what to do" {
	make_stage3a_image stage3a.img
	run start stage3a.img
	contains "Protected boot failed: this machine offers no Secure Execution"
	contains "facility 161"
	contains "ultraviolet run"
	stopped_with 0x4607
}

# What a disk loader leaves: 31-bit addressing, and a kernel's parameters from
# 0x10400 on. SAM31; LLILH 1,1; BR 1, at 0x8000.
@test "stage3a: starts at 0x10000 in 31-bit mode with the parameter area overwritten" {
	make_stage3a_image disk.img
	printf '\000\010\000\001\200\000\200\000' | dd of=disk.img conv=notrunc status=none
	printf '\001\015\245\036\000\001\007\361' |
		dd of=disk.img bs=1 seek=32768 conv=notrunc status=none
	head -c 3072 /dev/zero | tr '\0' '\377' |
		dd of=disk.img bs=1 seek=66560 conv=notrunc status=none
	run start disk.img
	contains "Protected boot failed: this machine offers no Secure Execution"
	stopped_with 0x4607
}

@test "stage3a: the line-mode console shows it too" {
	make_stage3a_image lines.img
	run timeout -k 5 60 "$QEMU" -machine s390-ccw-virtio -cpu max -m 256 -nodefaults \
		-display none -no-reboot -chardev file,id=lines,path=lines.txt \
		-device sclplmconsole,chardev=lines -kernel lines.img
	run tr -d '\r' <lines.txt
	contains "Protected boot failed: this machine offers no Secure Execution"
	contains "'ultraviolet run'"
}

@test "stage3a: without any console it stops all the same" {
	make_stage3a_image mute.img
	run timeout -k 5 60 "$QEMU" -machine s390-ccw-virtio -cpu max -m 256 -nodefaults \
		-display none -no-reboot -d guest_errors -kernel mute.img
	stopped_with 0x4607
}

@test "stage3b: starts the kernel" {
	run start_stage3b
	payload_ran
}

@test "stage3b: starts a kernel without command line and initrd" {
	CMDLINE=- INITRD=- run start_stage3b
	payload_ran
}

@test "stage3b: starts the smallest kernel that has any code" {
	make_payload smallest 65560 0
	KERNEL=smallest run start_stage3b
	payload_ran
}

@test "stage3b: runs wherever it was unpacked to" {
	for address in 0x100000 0x2345000 0xf000000; do
		run start_stage3b stage3b=$address
		payload_ran
	done
}

@test "stage3b: boots Linux with its command line and initrd" {
	[ -e "$GUEST/vmlinuz" ] || skip "no guest kernel in $GUEST; scripts/guests.sh fetches it"
	"$ROOT/scripts/mkinitramfs.sh" -k trixie -i "$ROOT/tests/boot/init-basic.sh" -o initramfs
	printf 'console=ttysclp0 panic=5 stage3b_was_here=1' >linux.parm
	KERNEL=$GUEST/vmlinuz CMDLINE=linux.parm INITRD=initramfs run start_stage3b
	contains "stage3b_was_here=1"
	contains "kernel=$(cat "$GUEST/version")"
	contains "init=done"
}

@test "stage3b: a PSW of the image creator's choice is loaded as it is" {
	# A disabled wait, so the payload never runs.
	run start_stage3b psw.mask=0x0002000180000000 psw.address=0xabc
	contains "PSW: 0x0002000180000000 0x0000000000000abc"
}

@test "stage3b: refuses a kernel below 64 KiB" {
	for size in 0 1 0xffff; do
		run start_stage3b kernel.size=$size
		refused "the kernel is smaller than 64 KiB"
		contains "size 0x$(printf '%x' $size)"
	done
}

@test "stage3b: refuses parts that wrap around" {
	for part in kernel cmdline initrd; do
		run start_stage3b $part.size=0xffffffffffffffff
		refused "a part goes beyond the end of storage"
	done
}

@test "stage3b: refuses parts in its working storage" {
	for part in kernel cmdline initrd; do
		run start_stage3b $part.address=0xf000
		refused "a part lies below 64 KiB"
	done
}

@test "stage3b: refuses parts that overlap it" {
	for part in kernel cmdline initrd; do
		run start_stage3b stage3b=0x100000 $part.address=0x100010
		refused "a part overlaps the boot loader"
	done
}

@test "stage3b: refuses a kernel that would cover another part, or the stage" {
	run start_stage3b stage3b=0x100000 kernel.size=0x20000 kernel.address=0x80000 \
		initrd.address=0x1f000
	refused "the kernel in its place would cover another part"
	run start_stage3b stage3b=0x14000 kernel.size=0x20000 kernel.address=0x80000
	refused "the kernel in its place would cover another part"
}

@test "stage3b: takes a command line up to the kernel's limit, not beyond" {
	make_payload limit20 67000 20
	head -c 19 /dev/zero | tr '\0' x >parm19
	head -c 20 /dev/zero | tr '\0' x >parm20
	KERNEL=limit20 CMDLINE=parm19 run start_stage3b
	payload_ran
	KERNEL=limit20 CMDLINE=parm20 run start_stage3b
	refused "the command line is longer than the kernel takes"
}

@test "stage3b: a kernel that announces no limit takes 896 bytes" {
	make_payload legacy 67000 0
	head -c 895 /dev/zero | tr '\0' x >parm895
	head -c 896 /dev/zero | tr '\0' x >parm896
	KERNEL=legacy CMDLINE=parm895 run start_stage3b
	payload_ran
	KERNEL=legacy CMDLINE=parm896 run start_stage3b
	refused "the command line is longer than the kernel takes"
}

@test "stage3b: refuses a command line that would cover another part" {
	make_payload boundless 67000 0x7fffffffffffffff
	KERNEL=boundless run start_stage3b cmdline.address=0x1000000 cmdline.size=0x20000
	refused "the command line in its place would cover another part"
}

@test "stage3b: refuses a command line without NUL" {
	run start_stage3b cmdline.size=15
	refused "the command line does not end with a NUL"
}

@test "stage3b: a part in storage that is not there is reported" {
	run start_stage3b kernel.address=0x40000000
	contains "Protected boot failed: program interruption 0x0005 at 0x"
	stopped_with 0x4511
}

@test "stage3b: what its creator never filled in is refused" {
	run start_stage3b kernel.address=0 kernel.size=0 cmdline.address=0 cmdline.size=0 \
		initrd.address=0 initrd.size=0 psw.mask=0 psw.address=0
	refused "the kernel is smaller than 64 KiB"
}
