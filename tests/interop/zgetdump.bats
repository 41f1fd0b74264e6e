#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Decrypted dumps are opened by programs that know nothing of us.

bats_require_minimum_version 1.5.0
load ../support/dump

setup_file() { dump_setup_file; }
setup() { image_setup; }

# kdump_read DUMP MEMORY: through libkdumpfile, the library under crash.
kdump_read() {
	/usr/bin/python3 -c 'import kdumpfile' 2>/dev/null ||
		skip "libkdumpfile is not installed (Debian: python3-libkdumpfile)"
	/usr/bin/python3 "$UV_ROOT/tests/support/kdump_read.py" "$@"
}

@test "libkdumpfile: memory, registers and VMCOREINFO of an ELF target" {
	zgetdump -q -k cck dump elf
	run -0 kdump_read elf memory
	[[ $output == *"format elf arch s390x"* ]]
	[[ $output == *"pages 2048"* ]]
	[[ $output == *"cpu 0 r15 0x100f psw 0x123456"* ]]
	[[ $output == *"cpu 1 r15 0x200f psw 0x123457"* ]]
	[[ $output == *"release 6.12.9-made-up"* ]]
}

@test "libkdumpfile: the s390 format" {
	zgetdump -q -f s390 -k cck dump s390
	tail -c +4097 s390 | head -c $((8 << 20)) >with-registers
	run -0 kdump_read s390 with-registers
	[[ $output == *"format s390dump arch s390x"* ]]
	[[ $output == *"pages 2048"* ]]
}

# ibm ARGUMENT...: IBM's own zgetdump, as Debian ships it for s390x.
ibm() {
	local cache=${ULTRAVIOLET_CACHE:-$HOME/.cache/ultraviolet}/dump-tools
	qemu-s390x-static -L "$cache" -E LD_LIBRARY_PATH="$cache/lib" "$cache/zgetdump" "$@"
}

need_ibm() {
	command -v qemu-s390x-static >/dev/null || skip "not there: qemu-user-static"
	[ -e "${ULTRAVIOLET_CACHE:-$HOME/.cache/ultraviolet}/dump-tools/zgetdump" ] ||
		skip "not there: IBM's zgetdump (scripts/dump-tools.sh)"
}

@test "IBM's zgetdump: tells the same" {
	local file
	need_ibm
	make_dump protected quiet 6 1 no-linux
	for file in dump plain quiet; do
		ibm -i $file -k cck 2>theirs
		zgetdump -i $file -k cck 2>ours
		diff theirs ours
		run -1 ibm -i $file -s prod -k cck
		run -1 zgetdump -i $file -s prod -k cck
	done
	run -1 ibm -i dump -k other-cck
	run -1 ibm -i dump
}

@test "IBM's zgetdump: the s390 format is the same to the byte" {
	local file
	need_ibm
	for file in dump plain; do
		ibm -f s390 -k cck $file theirs 2>/dev/null
		zgetdump -q -f s390 -k cck $file ours
		cmp theirs ours
		rm theirs ours
	done
}

@test "IBM's zgetdump: ELF is the same but for the place of memory" {
	local file notes=$((64 + 2 * 56))
	need_ibm
	for file in dump plain; do
		ibm -f elf -k cck $file theirs 2>/dev/null
		zgetdump -q -f elf -k cck $file ours
		size=$(($(stat -c %s theirs) - (8 << 20)))
		cmp -i $notes -n $((size - notes)) theirs ours
		cmp <(memory_of theirs) <(memory_of ours)
		rm theirs ours
	done
}

@test "IBM's zgetdump: of two systems the same one" {
	local system
	need_ibm
	make_dump protected two 6 1 kdump
	run -1 ibm -k cck -i two
	for system in prod kdump all; do
		ibm -f s390 -s $system -k cck two theirs 2>/dev/null
		zgetdump -q -f s390 -s $system -k cck two ours
		cmp theirs ours
		ibm -i -s $system -k cck two 2>theirs
		zgetdump -i -s $system -k cck two 2>ours
		diff theirs ours
		rm theirs ours
	done
}

@test "readelf: the headers and notes of encrypted and decrypted dumps" {
	zgetdump -q -k cck dump elf
	run -0 --separate-stderr readelf -hlSn dump
	[ -z "$stderr" ]
	[[ $output == *pv_mem_meta*pv_compl* ]]
	run -0 --separate-stderr readelf -hlSn elf
	[ -z "$stderr" ]
	[[ $output == *NT_PRPSINFO*NT_PRSTATUS*NT_S390_PREFIX*NT_S390_GS_CB* ]]
	[ "$(grep -c NT_PRSTATUS <<<"$output")" -eq 2 ]
}
