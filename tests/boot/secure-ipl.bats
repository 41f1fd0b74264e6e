#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2034,SC2046,SC2086 # lists of options; what boot.bash reads
# Secure IPL from end to end: disks of 'sipl mkdisk', our boot loader and stage 3,
# unmodified Debian kernels. What the calls answer one by one: secure-ipl-calls.bats.

load boot
load payload
load secure-ipl

setup_file() {
	boot_prepare
	boot_certificate signer
	boot_certificate stranger
}

setup() {
	boot_require trixie
	[ -e "$UV_BUILD/lib/ultraviolet-ipl.img" ] || skip "not there: the boot loader ultraviolet-ipl.img"
}

teardown() {
	stop_guest
}

SIGNED="-k signer.key -c signer.pem"
SECURE=,secure-boot=on,boot-certs.0.path=signer.pem
AUDIT=,boot-certs.0.path=signer.pem

# came_up SECURE: the guest of bats' run was started; its kernel says so
came_up() {
	contains "secure=$1" && contains "has_secure=1" && contains "init=done" && [ "$status" -eq 0 ]
}

# verified COUNT: so many components were
verified() {
	[ "$(grep -c 'Verified component' <<<"$output")" -eq "$1" ] ||
		{ echo "not $1 verified components"; echo "$output" | tail -n 40; return 1; }
}

# starts_securely KERNEL on_blk|on_scsi
starts_securely() {
	boot_require "$1"
	boot_disk "signed-$1" "$1" "" $SIGNED
	run secure_guest "secure-$1" $SECURE -smp 2 $("$2" "signed-$1")
	came_up 1
	verified 2
	contains "Linux is running with Secure-IPL enabled"
	[ "$(grep -c '(signed, verified)' <<<"$output")" -eq 2 ]
	contains "integrity: Loaded X.509 cert 'signer: "
	contains "cpus=2"
	run ultraviolet report "secure-$1" --format json
	[ "$(jq -r .mode <<<"$output")" = secure ]
	[ "$(jq '[.components[] | select(.verified)] | length' <<<"$output")" -eq 2 ]
	[ "$(jq -r '.certificates[0].subject' <<<"$output")" = CN=signer ]
	[ "$(jq -r .running <<<"$output")" = false ]
}

# --- Signed disks start ---------------------------------------------------------------------

@test "secure mode: Debian's 6.12 kernel on virtio-blk" {
	starts_securely trixie on_blk
}

@test "secure mode: Debian's 6.12 kernel on virtio-scsi" {
	starts_securely trixie on_scsi
}

@test "secure mode: Debian's 7.2 kernel on virtio-blk" {
	starts_securely sid on_blk
}

@test "secure mode: Debian's 7.2 kernel on virtio-scsi" {
	starts_securely sid on_scsi
}

@test "the same disk starts on the firmware that comes with QEMU, in normal mode" {
	machine z16 --generation z16
	boot_disk signed-trixie trixie "" $SIGNED
	RUN_OPTIONS="--machine z16 --normal" run secure_guest stock "" $(on_blk signed-trixie)
	contains "secure=0"
	contains "has_secure=0"
	contains "init=done"
	lacks "Verified component"
	run ultraviolet report stock
	[ "$status" -eq 1 ]
	contains "none has left a report"
}

# --- What does not start in secure mode -------------------------------------------------------

@test "secure mode: a disk without signatures does not start" {
	boot_disk unsigned trixie ""
	run secure_guest unsigned $SECURE $(on_blk unsigned)
	refused "no component is signed"
	contains "remedy: "
	verified 0
}

@test "secure mode: a kernel with one bit changed does not start" {
	boot_disk signed-trixie trixie "" $SIGNED
	cp signed-trixie flipped
	flip flipped "$(kernel_offset flipped 3000000)"
	run secure_guest flipped $SECURE $(on_blk flipped)
	refused "does not verify with any certificate of the store"
	contains "ultraviolet: flipped: a signature is refused: "
	verified 1
	run ultraviolet report flipped
	[ "$status" -eq 1 ]
}

@test "secure mode: a key that is not in the store" {
	boot_disk strange trixie "" -k stranger.key -c stranger.pem
	run secure_guest strange $SECURE $(on_blk strange)
	refused "does not verify with any certificate of the store"
	run secure_guest known $SECURE,boot-certs.1.path=stranger.pem $(on_blk strange)
	came_up 1
}

@test "secure mode: a certificate whose time is over" {
	certificate_at '2001-02-03' expired
	boot_disk expired-disk trixie "" -k expired.key -c expired.pem
	run secure_guest expired ,secure-boot=on,boot-certs.0.path=expired.pem $(on_blk expired-disk)
	refused "certificate that verified the component cannot be had"
	contains "'expired.pem' has expired"
}

@test "secure mode without certificates, and on a CPU without the facilities" {
	boot_disk signed-trixie trixie "" $SIGNED
	run secure_guest none ,secure-boot=on $(on_blk signed-trixie)
	refused "certificate"
	run secure_guest cpu $SECURE -cpu max,sipl=off $(on_blk signed-trixie)
	refused "no secure IPL facility"
	run secure_guest old $SECURE -cpu z14-base $(on_blk signed-trixie)
	refused "warning: The CPU does not have sipl"
}

# --- Audit mode ---------------------------------------------------------------------------------

@test "audit mode: a signed disk starts, and the report is complete" {
	boot_disk signed-trixie trixie "" $SIGNED
	run secure_guest audited $AUDIT $(on_blk signed-trixie)
	came_up 0
	verified 2
	contains "Linux is running with Secure-IPL disabled"
	run ultraviolet report audited
	contains "mode       audit"
	[ "$(grep -c 'signed, verified by certificate 0' <<<"$output")" -eq 2 ]
	lacks "CEI"
	lacks "IIEI"
}

@test "audit mode: a kernel with one bit changed starts, and the report says so" {
	boot_disk signed-trixie trixie "" $SIGNED
	cp signed-trixie audit-flipped
	flip audit-flipped "$(kernel_offset audit-flipped 40000)"
	run secure_guest audit-flipped $AUDIT $(on_blk audit-flipped)
	contains "secure=0"
	contains "does not verify with any certificate of the store"
	verified 1
	run ultraviolet report audit-flipped --format json
	[ "$(jq -r '.components[] | select(.address == "0000000000010000") | "\(.signed) \(.verified)"' \
		<<<"$output")" = "true false" ]
}

@test "audit mode: a disk without signatures starts, and the indicators are set" {
	boot_disk unsigned trixie ""
	run secure_guest audit-unsigned $AUDIT $(on_blk unsigned)
	came_up 0
	verified 0
	contains "no component is signed"
	run ultraviolet report audit-unsigned
	contains "IIEI 0x8000: no component is signed"
	contains "IIEI 0x4000"
	contains "IIEI 0x2000"
	contains "none: nothing is verified"
	run ultraviolet explain iiei 0xe000
	[ "$status" -eq 0 ]
	contains "no component is signed"
}

# --- Boot order ------------------------------------------------------------------------------------

@test "the next device is tried when one has no boot map, and in the same mode" {
	boot_disk signed-trixie trixie "" $SIGNED
	boot_disk unsigned trixie ""
	truncate -s 1M empty
	run secure_guest fallback $SECURE $(on_blk empty 1) $(on_scsi signed-trixie 2)
	came_up 1
	contains "no zIPL boot record"
	run secure_guest fallback $SECURE $(on_blk empty 1) $(on_scsi unsigned 2)
	refused "no component is signed"
}

@test "eight devices are tried, and no ninth" {
	local i devices=
	boot_disk signed-trixie trixie "" $SIGNED
	truncate -s 1M empty
	for i in 1 2 3 4 5 6 7; do
		cp empty "empty$i"
		devices+=" $(on_blk "empty$i" "$i")"
	done
	run secure_guest eight $SECURE $devices $(on_scsi signed-trixie 8)
	came_up 1
	cp empty empty8
	run secure_guest nine $SECURE $devices $(on_blk empty8 8) $(on_scsi signed-trixie 9)
	refused "there is no device to boot from"
	contains "only the first 8 are tried"
}

@test "no further device is tried when a component does not verify" {
	boot_disk signed-trixie trixie "" $SIGNED
	cp signed-trixie flipped
	flip flipped "$(kernel_offset flipped 3000000)"
	run secure_guest no-fallback $SECURE $(on_blk flipped 1) $(on_blk signed-trixie 2)
	refused "does not verify with any certificate of the store"
	[ "$(grep -c 'Booting in secure mode' <<<"$output")" -eq 1 ]
}

# --- Boot again --------------------------------------------------------------------------------------

# counter: QEMU's options for an empty disk on which the guest counts its starts
counter() {
	rm -f count
	truncate -s 64K count
	echo "-drive file=count,format=raw,if=none,id=count -device virtio-blk-ccw,drive=count,serial=count"
}

# again OPTION...: without -no-reboot
again() {
	timeout -k 5 "$BOOT_LIMIT" ultraviolet run --name again -- \
		-machine "s390-ccw-virtio$1" -m 512 -nographic "${@:2}" </dev/null 2>&1 | tr -d '\r\0'
}

@test "a guest that boots itself again stays in secure mode" {
	boot_disk again-disk trixie "do=reboot boots=3" $SIGNED
	run again $SECURE $(on_blk again-disk) $(counter)
	contains "boot=3"
	[ "$(grep -c '^secure=1' <<<"$output")" -eq 3 ]
	[ "$(grep -c 'Booting in secure mode' <<<"$output")" -eq 3 ]
	verified 6
}

@test "a guest that names another disk for the next boot, with no flags, stays in secure mode" {
	boot_disk to-signed trixie "do=reboot boots=2 to=0.0.0020" $SIGNED
	boot_disk signed-trixie trixie "" $SIGNED
	boot_disk unsigned trixie ""
	run again $SECURE $(on_blk to-signed 1) $(on_blk signed-trixie 2) $(counter)
	contains "Booting in secure mode from device 0.0.0020"
	[ "$(grep -c '^secure=1' <<<"$output")" -eq 2 ]
	run again $SECURE $(on_blk to-signed 1) $(on_blk unsigned 2) $(counter)
	contains "boot=1"
	contains "no component is signed"
	[ "$(grep -c '^secure=' <<<"$output")" -eq 1 ]
}

@test "a guest that sets the flags of secure mode itself stays in audit mode" {
	local picture
	payload_require reipl
	boot_disk unsigned trixie ""
	picture=$(plain_picture reipl "devno=16 flags=96")
	run again $AUDIT -kernel "$picture" $(on_blk unsigned)
	contains "ok 1 - block set with flags of the guest"
	contains "Booting in audit mode"
	contains "secure=0"
	contains "init=done"
}

@test "system_reset and a report of a running guest" {
	boot_disk waiting trixie "do=wait" $SIGNED
	rm -f reset.fifo
	mkfifo reset.fifo
	timeout -k 5 "$BOOT_LIMIT" ultraviolet run --name reset -- \
		-machine "s390-ccw-virtio$SECURE" -m 512 -display none -nodefaults \
		-chardev file,id=con,path=reset.console -device sclpconsole,chardev=con \
		-qmp stdio $(on_blk waiting) <reset.fifo >reset.log 2>&1 3>&- &
	GUEST_PID=$!
	exec {QMP_FD}>reset.fifo
	qmp qmp_capabilities
	wait_for reset.console init=waiting
	run ultraviolet report reset
	contains "(running)"
	contains "mode       secure"
	run ultraviolet status reset
	contains "secure-ipl           secure"
	contains "boot-certificates    1"
	qmp system_reset
	wait_for reset.console init=waiting 2
	[ "$(count reset.console '^secure=1')" -eq 2 ]
	[ "$(count reset.console 'Verified component')" -eq 4 ]
}

# --- The launcher -----------------------------------------------------------------------------------

@test "a protected guest is not disturbed, and sees nothing of it" {
	machine z16 --generation z16
	secure_initrd trixie
	printf 'console=ttysclp0 quiet' >parmfile
	pvimg create -qq --no-verify -k "$(hkd z16)" -i "$UV_CACHE/guests/trixie/vmlinuz" \
		-r secure-initrd-trixie -p parmfile -o protected
	RUN_OPTIONS="--machine z16" run secure_guest both $AUDIT,confidential-guest-support=pv0 \
		-object s390-pv-guest,id=pv0 -kernel protected -smp 2
	contains "protected=1"
	contains "has_secure=0"
	contains "secure=0"
	contains "cpus=2"
	contains "init=done"
	RUN_OPTIONS= run secure_guest both $AUDIT,confidential-guest-support=pv0 \
		-object s390-pv-guest,id=pv0 -kernel protected
	[ "$status" -eq 1 ]
	contains "No machine is named"
}

@test "a boot loader of the user's own is used, and said so" {
	boot_disk signed-trixie trixie "" $SIGNED
	run secure_guest own $SECURE -bios "$UV_BUILD/lib/ultraviolet-ipl.img" $(on_blk signed-trixie)
	came_up 1
	contains "this boot loader is used"
}

@test "Secure IPL of QEMU's own, where there is one" {
	local option
	run secure_guest whose "$SECURE" -S
	lacks "unknown option"
	RUN_OPTIONS=--secure-ipl=qemu run secure_guest whose $SECURE -S
	[ "$status" -eq 1 ]
	contains "has no Secure IPL of its own: 11.2 is the first"
	cat >newer-qemu <<-'END'
		#!/bin/sh
		[ "$1" != --version ] || { echo "QEMU emulator version 11.2.0"; exit; }
		printf 'argument=%s\n' "$@"
	END
	chmod +x newer-qemu
	machine z16 --generation z16
	export ULTRAVIOLET_QEMU=$PWD/newer-qemu
	RUN_OPTIONS="--secure-ipl=qemu --machine z16" run secure_guest whose $SECURE -cpu max,sipl=on
	contains "argument=s390-ccw-virtio$SECURE"
	contains "argument=max,sipl=on"
	lacks "secure-ipl="
	lacks "argument=-bios"
	run secure_guest whose $SECURE -cpu max,sipl=on -device virtio-blk-ccw,drive=d,bootindex=1
	lacks "secure-boot"
	lacks "boot-certs"
	lacks "sipl=on"
	for option in argument=s390-ccw-virtio argument=max argument=-bios secure-ipl=secure \
		facilities=cstore+sipl+sclaf protected=off; do
		contains "$option"
	done
}
