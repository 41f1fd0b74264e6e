#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sipl mkdisk and inspect: what lies where, on new disks and in partitions.
# shellcheck disable=SC2154 # bats sets stderr

load ../support/sipl

setup_file() { sipl_setup_file; }
setup() { sipl_setup; }

mkdisk() { sipl mkdisk -i kernel --stage3 stage3 "$@"; }

# le32 NUMBER: as hexadecimal digits, least significant byte first
le32() {
	local digits
	digits=$(printf %08x "$1")
	echo "${digits:6:2}${digits:4:2}${digits:2:2}${digits:0:2}"
}

# mbr FILE FIRST COUNT: an empty disk of 4 MiB, its second partition there
mbr() {
	truncate -s 4M "$1"
	head -c 446 /dev/urandom | dd of="$1" conv=notrunc status=none
	patch "$1" $((446 + 16)) "0000000083000000$(le32 "$2")$(le32 "$3")"
	patch "$1" 510 55aa
}

# crc FILE OFFSET COUNT: CRC-32 as hexadecimal digits, least significant byte first
crc() {
	dd if="$1" bs=1 skip="$2" count="$3" status=none | gzip -c | tail -c 8 | head -c 4 |
		od -An -tx1 | tr -d ' \n'
}

# gpt FILE BLOCK FIRST LAST: the same with a GPT for such blocks
gpt() {
	truncate -s 4M "$1"
	patch "$1" $((446 + 4)) ee
	patch "$1" 510 55aa
	patch "$1" "$2" "4546492050415254000001005c000000"
	patch "$1" $(($2 + 72)) "$(le32 2)00000000$(le32 128)$(le32 128)"
	patch "$1" $(($2 + 16)) "$(crc "$1" "$2" 92)"
	patch "$1" $((2 * $2 + 128)) "a2a0d0ebe5b9334487c068b6b72699c7"
	patch "$1" $((2 * $2 + 128 + 32)) "$(le32 "$3")00000000$(le32 "$4")00000000"
}

# --- yes ------------------------------------------------------------------------

@test "components in zipl's order, at zipl's addresses" {
	run -0 --separate-stderr mkdisk -r initrd -P 'root=/dev/vda quiet' -k key.pem -c cert.pem -o disk
	[ -z "$output" ] && [ -z "$stderr" ]
	[ "$(look disk '.programs | length')" = 1 ]
	[ "$(look disk '.programs[0].numbers | tostring')" = '[0]' ]
	run -0 look disk '.programs[0].components[] | "\(.type) \(.address // .psw // .signature.issuer)"'
	[ "$output" = "load 0000000000002000
load 000000000000f000
signature CN=Owner's key
load 000000000000a000
load 0000000000009000
signature CN=Owner's key
load 0000000000010000
load 0000000000032000
load 0000000000050000
exec 000800008000a000" ]
	[ "$(look disk '.programs[0].command_line')" = 'root=/dev/vda quiet' ]
	[ "$(look disk '.programs[0].components[6].sha256')" = "$(sha256sum <kernel | cut -d' ' -f1)" ]
	[ "$(look disk '.programs[0].components[3].sclab.flags | tostring')" = '["OPSW","OLA"]' ]
	[ "$(bytes disk 0 8)" = 7a49504c00000001 ]
}

@test "stage 3's parameters" {
	local at
	mkdisk -r initrd -P x -o disk
	at=$(($(look disk '.programs[0].components[3].first_block') * 512))
	[ "$(bytes disk $at 16)" = 00000000000310000000000000050000 ]
	[ "$(bytes disk $((at + 16)) 32)" = \
		"0000000000002710""0008000080010000""0000000000000000""0001000000000000" ]
	[ "$(bytes disk $((at + 48)) 32)" = \
		"$(printf %016x $KERNEL_SIZE)""0000000000010000""ffffffffffffffff""0000000000000000" ]
	mkdisk -o bare
	at=$(($(look bare '.programs[0].components[3].first_block') * 512))
	[ "$(bytes bare $at 24)" = "ffffffffffffffff""0000000000000000""0000000000000000" ]
}

@test "every block size; all of them verify" {
	local size
	for size in 512 1024 2048 4096; do
		make_disk disk$size -b $size -r initrd
		[ "$(look disk$size .block_size)" = $size ]
		[ "$(look disk$size '.programs[0].components[6].sha256')" = "$(sha256sum <kernel | cut -d' ' -f1)" ]
		sipl verify -c cert.pem disk$size
	done
	run -2 mkdisk -b 256 -o x
	run -2 mkdisk -b 8192 -o x
}

@test "the stage 3 that is built in has what secure mode asks for" {
	sipl mkdisk -q -i kernel -k key.pem -c cert.pem -o disk
	run -0 sipl verify -c cert.pem disk
	says "secure mode: starts"
	[ "$(look disk '.programs[0].components[3].sclab.load_address')" = 000000000000a000 ]
}

@test "signatures: those that are there, demanded, left out" {
	sipl sign -q -k key.pem -c cert.pem -o signed kernel
	sipl sign -q -k key.pem -c cert.pem -o signed3 stage3
	sipl mkdisk -i signed --stage3 signed3 -o auto
	[ "$(look auto '[.programs[0].components[].type] | map(select(. == "signature")) | length')" = 2 ]
	sipl mkdisk -i signed --stage3 signed3 --secure 1 -o demanded
	cmp auto demanded
	sipl mkdisk -i signed --stage3 signed3 --secure 0 -o without
	run -0 look without '.programs[0].components[].type'
	[[ $output != *signature* ]]
	[ "$(look without '.programs[0].components[4].size')" = $KERNEL_SIZE ]
	run -1 sipl mkdisk -i signed --stage3 stage3 --secure 1 -o x
	says "stage 3 is not signed"
	run -1 sipl mkdisk -i kernel --stage3 signed3 --secure 1 -o x
	says "kernel is not signed"
	# A key replaces what is there.
	sipl mkdisk -q -i signed --stage3 stage3 -k other.key -c other.pem -o again
	run -0 look again '.programs[0].components[] | .signature.issuer // empty'
	[ "$output" = "$(printf 'CN=Somebody else\nCN=Somebody else')" ]
	[ ! -e x ]
}

@test "a stage 3 or kernel without SCLAB is warned about when it is signed" {
	head -c 16384 /dev/urandom >old3
	run -0 sipl mkdisk -i kernel --stage3 old3 -k key.pem -c cert.pem -o disk
	says "'old3': component does not end with an SCLAB"
	fake_kernel old $KERNEL_SIZE 4096
	run -0 sipl mkdisk -i old --stage3 stage3 -k key.pem -c cert.pem -o disk --overwrite
	says "'old': component does not end with an SCLAB"
	# Unsigned it does no harm.
	run -0 sipl mkdisk -i old --stage3 old3 -o disk --overwrite
	[ -z "$output" ]
}

@test "a signed RAM disk is warned about" {
	head -c 8192 /dev/urandom >ram
	sipl sign -q -k key.pem -c cert.pem -o ram.signed ram
	run -0 mkdisk -r ram.signed -o disk
	says "RAM disk is signed"
}

@test "several programs, to be chosen by the load parameter" {
	cp -L kernel second
	patch second 0 ff
	printf 'a, b\nc\n' >parm
	mkdisk -P one --program "5,kernel=second,parmfile=parm" \
		--program "2,kernel=kernel,ramdisk=initrd,parameters=x,,y" -o disk
	run -0 look disk '.programs[] | "\(.numbers) \(.command_line)"'
	[ "$output" = "[0,1] one
[2] x,y
[5] a, b c" ]
	[ "$(look disk '.programs[2].components[4].sha256')" = "$(sha256sum <second | cut -d' ' -f1)" ]
	sipl verify -c cert.pem -m normal -l 5 disk
	run -3 sipl verify -c cert.pem -m normal -l 3 disk
	# The default one leaves number 1 to whoever wants it.
	mkdisk -P one --program "1,kernel=second" -o other
	run -0 look other '.programs[].numbers | tostring'
	[ "$output" = "$(printf '[0]\n[1]')" ]
}

@test "spellings of zipl and QEMU" {
	mkdisk -r initrd -P x -o disk
	sipl mkdisk --image kernel --initrd initrd --append x --stage3 stage3 -o other
	cmp disk other
}

@test "raw and sparse, as large as was asked for" {
	mkdisk -o disk
	[ $(($(stat -c %s disk) % 1048576)) = 0 ]
	[ $(($(stat -c '%b * %B' disk))) -ge "$(stat -c %s disk)" ]
	mkdisk --sparse --size 1G -o sparse
	[ "$(stat -c %s sparse)" = 1073741824 ]
	[ $(($(stat -c '%b * %B' sparse))) -lt 1048576 ]
	cmp -n "$(stat -c %s disk)" disk sparse
	run -1 mkdisk --size 100K -o x
	says "too small"
	run -2 mkdisk --size 1X -o x
	run -2 mkdisk --size 1000000 -b 4096 -o x
	[ "$(stat -c %a disk)" = 644 ]
}

@test "into a partition of an MBR: the rest of the disk stays as it is" {
	mbr disk 2048 4096
	cp disk before
	mkdisk -k key.pem -c cert.pem --partition 2 -o disk -q
	sipl verify -c cert.pem disk
	[ "$(look disk '.programs[0].component_table')" -ge 2048 ]
	cmp <(tail -c +153 disk | head -c $((2048 * 512 - 152))) <(tail -c +153 before | head -c $((2048 * 512 - 152)))
	cmp <(tail -c +$((6144 * 512 + 1)) disk) <(tail -c +$((6144 * 512 + 1)) before)
	# The same disk again, on purpose only.
	run -1 mkdisk --partition 2 -o disk
	says "not empty"
	mkdisk --partition 2 -o disk --overwrite
	[ "$(look disk '.programs[0].components | length')" = 6 ]
}

@test "into a partition of a GPT, blocks of 512 and 4096" {
	local block
	for block in 512 4096; do
		gpt disk$block $block 100 $((100 + 1048576 / block))
		make_disk disk$block --partition 2 -b $block
		sipl verify -c cert.pem disk$block
		[ "$(look disk$block '.programs[0].component_table')" = 101 ]
	done
	gpt disk 512 100 2000
	run -1 make_disk disk --partition 2 -b 4096
	says "block size"
	patch disk $((512 + 40)) ff
	run -1 make_disk disk --partition 2
	says "damaged"
}

@test "onto a block device" {
	mbr disk 2048 4096
	DEVICE=$(losetup --find --show disk 2>/dev/null) || skip "no loop device can be made here"
	run -1 mkdisk -o "$DEVICE"
	says "is not empty"
	run -1 mkdisk -o "$DEVICE" --overwrite --size 8M
	make_disk "$DEVICE" --partition 2
	sipl verify -c cert.pem "$DEVICE"
	[ "$(look disk '.programs[0].component_table')" = 2049 ]
	make_disk "$DEVICE" --overwrite
	sipl verify -c cert.pem disk
	[ "$(look disk '.programs[0].component_table')" = 2 ]
}

teardown() {
	[ -z "${DEVICE:-}" ] || losetup --detach "$DEVICE"
}

# --- no -------------------------------------------------------------------------

@test "partitions that do not do" {
	mbr disk 2048 16
	run -1 mkdisk --partition 2 -o disk
	says "are needed"
	run -1 mkdisk --partition 1 -o disk
	says "no partition 1"
	run -1 mkdisk --partition 5 -o disk
	says "primary partitions"
	run -2 mkdisk --partition 0 -o disk
	run -2 mkdisk --partition 2 --size 1M -o disk
	mbr disk 2048 999999
	run -1 mkdisk --partition 2 -o disk
	says "not all on the disk"
	mbr disk 0 4096
	run -1 mkdisk --partition 2 -o disk
	says "not all on the disk"
	truncate -s 4M empty
	run -1 mkdisk --partition 2 -o empty
	says "no partition table"
	head -c 100 kernel >short
	run -1 mkdisk --partition 2 -o short
	run -1 mkdisk --partition 2 -o nowhere
}

@test "kernels, stages and command lines that do not do" {
	run -1 sipl mkdisk -i initrd --stage3 stage3 -o x
	says "drops the first 65536"
	head -c 200000 /dev/urandom >noise
	run -1 sipl mkdisk -i noise --stage3 stage3 -o x
	says "S390EP"
	sipl mkdisk -i noise --stage3 stage3 --no-component-check -o y
	run -1 sipl mkdisk -i kernel --stage3 kernel -o x
	says "16384 fit"
	run -1 mkdisk -P "$(head -c 5000 /dev/zero | tr '\0' x)" -o x
	says "too large"
	printf 'a\0b' >parm
	run -1 mkdisk -p parm -o x
	says "NUL"
	: >empty
	run -1 mkdisk -r empty -o x
	says "is empty"
	run -1 mkdisk -r nowhere -o x
	[ ! -e x ]
}

@test "signed content that does not fill its blocks" {
	fake_kernel odd $((KERNEL_SIZE + 512)) 4096
	add_sclab odd 0000 0 0
	run -1 sipl mkdisk -i odd --stage3 stage3 -k key.pem -c cert.pem -b 4096 -o x
	says "do not fill blocks of 4096"
	sipl mkdisk -i odd --stage3 stage3 -k key.pem -c cert.pem -b 512 -o disk
	sipl verify -c cert.pem disk
	sipl mkdisk -i odd --stage3 stage3 -b 4096 -o unsigned
	[ ! -e x ]
}

@test "command lines that make no sense" {
	run -2 mkdisk
	run -2 sipl mkdisk -o x
	run -2 mkdisk -k key.pem -o x
	run -2 mkdisk -k key.pem -c cert.pem --secure 0 -o x
	run -2 mkdisk -p kernel -P x -o x
	for program in '' 0,kernel=kernel 31,kernel=kernel x,kernel=kernel 2 2,kernel 2,image=kernel \
		2,kernel=kernel,kernel=kernel 2,kernel=kernel,parmfile=a,parameters=b; do
		run -2 mkdisk --program "$program" -o x
	done
	run -1 mkdisk --program 2,kernel=kernel --program 2,kernel=kernel -o x
	says "given twice"
	[ ! -e x ]
}

@test "whole or not at all: no input, nothing existing, nothing half written" {
	run -2 sipl mkdisk -i kernel --stage3 stage3 -o kernel --overwrite
	run -2 mkdisk -r initrd -o initrd --overwrite
	run -2 mkdisk -o stage3 --overwrite
	echo keep >there
	run -1 mkdisk -o there
	[ "$(cat there)" = keep ]
	mkdisk -o there --overwrite
	echo keep >target
	ln -s target link
	mkdisk -o link --overwrite
	[ ! -L link ] && [ "$(cat target)" = keep ]
	run -1 bash -c 'ulimit -f 64; trap "" XFSZ; sipl mkdisk -i kernel --stage3 stage3 -o full'
	[ ! -e full ]
	run -1 bash -c 'ulimit -f 64; trap "" XFSZ; sipl mkdisk -i kernel --stage3 stage3 --sparse -o full'
	[ ! -e full ]
	mbr disk 2048 4096
	cp disk before
	run -1 bash -c 'ulimit -f 1500; trap "" XFSZ; sipl mkdisk -i kernel --stage3 stage3 --partition 2 -o disk'
	cmp disk before
	run -1 mkdisk -o /dev/null
	says "no place for a disk"
	run -1 mkdisk -o -
	[ -z "$(find . -name '.uv-*')" ]
}

# --- inspect --------------------------------------------------------------------

@test "inspect: a disk in words" {
	make_disk disk -r initrd -P "$(printf 'a\033[31mb')"
	run -0 sipl inspect disk
	says "blocks of 512"
	says "stage 3; global SCLAB OPSW OLA, load PSW 0x000800008000a000, load address 0xa000"
	says "SHA256, rsaEncryption, by CN=Owner's key, serial number"
	says "Command line: a?[31mb"
}

@test "inspect: files" {
	run -0 sipl inspect kernel
	says "fills blocks of 512 1024 2048 4096"
	says "Signature: none"
	run -0 sipl inspect initrd
	says "cannot be signed"
	says "does not end with an SCLAB"
	openssl cms -sign -binary -md sha384 -signer cert.pem -inkey key.pem -in kernel -outform DER -out sig
	sipl sign -q -s sig -o signed kernel
	[ "$(look signed '"\(.signature.attributes) \(.signature.certificates)"')" = "true 1" ]
	run -0 sipl inspect signed
	says "with attributes"
}

@test "inspect: damaged disks are described" {
	local table
	make_disk disk
	table=$(($(look disk '.programs[0].component_table') * 512))
	cp disk bad && patch bad $((table + 32 + 23)) 09
	[ "$(look bad '.programs[0].components[0].problem')" = ENTRY_TYPE ]
	cp disk bad && patch bad $((table)) 00
	[ "$(look bad '.programs[0].problem')" = NO_COMPONENT_TABLE ]
	cp disk bad && patch bad $((table + 32)) 00000000ffffffff
	[ "$(look bad '.programs[0].components[0].problem')" = READ ]
	cp disk bad && patch bad 16 0000000000000000
	[ "$(look bad .problem)" = NO_PROGRAM_TABLE ]
	cp disk bad && patch bad 24 0123
	[ "$(look bad .problem)" = POINTER_SIZE ]
	head -c 2048 disk >bad
	run -0 sipl inspect bad
	run -1 sipl inspect nowhere
	run -1 sipl inspect .
	run -2 sipl inspect --format xml disk
}
