#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# zgetdump: information, copies, verification. (Mounts have a file of their own.)

bats_require_minimum_version 1.5.0
load ../support/dump

setup_file() { dump_setup_file; }
setup() { image_setup; }

@test "info: all there is to know" {
	run -0 --separate-stderr zgetdump -i dump -k cck
	[ -z "$output" ]
	diff - <(echo "$stderr") <<-EOF
	General dump info:
	  Dump format........: ELF (protected virtualization dump)
	  Version............: 1
	  UTS node name......: guest7
	  UTS kernel release.: 6.12.9-made-up
	  UTS kernel version.: #1 SMP Thu Jan 1 00:00:00 UTC 1970
	  System arch........: s390x (64 bit)
	  CPU count (online).: 2
	  Dump memory range..: 8 MB

	Memory map:
	  0000000000000000 - 00000000007fffff (8 MB)
	EOF
	run -0 zgetdump --info plain
	[[ $output == *"Dump format........: elf"* ]]
	[[ $output == *"UTS node name......: guest7"* ]]
}

@test "info: without the key, what can be known, and failure" {
	run -1 zgetdump -i dump
	[[ $output == *"CPU count (online).: 2"* ]]
	[[ $output == *"Dump memory range..: 8 MB"* ]]
	[[ $output == *"no key was given"* ]]
	[[ $output != *guest7* ]]
	run -1 zgetdump -i dump -k other-cck
	[[ $output == *"Memory map:"*"This key does not open 'dump'"* ]]
}

@test "info: a map of pieces" {
	# Memory behind what the file has is zero.
	cp plain pieces
	patch pieces $((64 + 56 + 0x28)) 0000000000a00000
	run -0 zgetdump -i pieces
	[[ $output == *"0000000000000000 - 00000000009fffff (10 MB)"* ]]
	run -0 zgetdump -i pieces -V
	[[ $output == *"0000000000000000 - 00000000007fffff (8 MB)"* ]]
	[[ $output == *"0000000000800000 - 00000000009fffff (2 MB zeroes)"* ]]
}

@test "copy: what was encrypted is clear, and nothing else happens" {
	mkdir out
	run -0 --separate-stderr zgetdump dump -k cck out/elf
	[ -z "$output" ]
	[[ $stderr == *"Source: ELF (protected virtualization dump)"* ]]
	[[ $stderr == *"Target: elf"* ]]
	[[ $stderr == *"00000008 / 00000008 MB"* ]]
	[[ $stderr == *"Success: Dump has been copied"* ]]
	memory_of out/elf | cmp - memory
	assert_only out elf
	[ "$(stat -c %a out/elf)" = 600 ]
	# Encrypted, it cannot be found.
	grep -qa 'clear text of page 289' out/elf
	run -1 grep -qa 'clear text of page 289' dump
	# A shared page can.
	grep -qa 'clear text of page 263' dump
}

@test "copy: quiet, to standard output, to a pipe, through a device" {
	zgetdump -q -k cck dump elf 2>messages
	[ ! -s messages ]
	zgetdump -q -k cck dump >to-file
	cmp elf to-file
	zgetdump -q -k cck dump | cmp - elf
	zgetdump -q -k cck dump /dev/stdout | cmp - elf
	zgetdump -q --key=cck --fmt=elf dump - | cmp - elf
}

@test "copy: standard output that somebody wrote to" {
	zgetdump -q -k cck dump elf
	{ echo before; zgetdump -q -k cck dump; echo after; } >mixed
	{ echo before; cat elf; echo after; } | cmp - mixed
	echo before >appended
	zgetdump -q -k cck dump >>appended
	{ echo before; cat elf; } | cmp - appended
	# Old content is replaced by zeros, too.
	head -c 10000000 /dev/zero | tr '\0' x >over
	zgetdump -q -k cck dump 1<>over
	head -c "$(stat -c %s elf)" over | cmp - elf
}

@test "copy: zeros take no room" {
	zgetdump -q -k cck dump elf
	[ "$(stat -c %b elf)" -lt $((8 * 2048 * 3 / 4)) ]
	zgetdump -q plain from-plain
	[ "$(stat -c %b from-plain)" -lt $((8 * 2048 * 3 / 4)) ]
}

@test "copy: plain dumps, and what was copied, make the same file" {
	zgetdump -q -k cck dump elf
	zgetdump -q plain from-plain
	cmp elf from-plain
	zgetdump -q elf again
	cmp elf again
	# A key is accepted and not needed.
	zgetdump -q plain -k cck with-key
	cmp elf with-key
}

@test "copy: the s390 format" {
	run -0 zgetdump -f s390 -k cck dump s390
	[[ $output == *"Target: s390"* ]]
	[ "$(bytes s390 0 12)" = a8190173618f23fd00000005 ]
	[ "$(stat -c %s s390)" -eq $((4096 + (8 << 20) + 16)) ]
	[ "$(bytes s390 $((4096 + (8 << 20))) 8)" = 44554d505f454e44 ]
	# Memory is as it was but for the registers, which end up in the prefix areas.
	[ "$(bytes s390 $((4096 + 0x41000 + 0x308)) 8)" = 0000000000123456 ]
	cmp <(tail -c +4097 s390 | head -c $((0x40000))) <(head -c $((0x40000)) memory)
	run -1 zgetdump -f tape -k cck dump other
	[[ $output == *"none of: elf s390"* ]]
}

@test "copy: what exists stays, unless --overwrite" {
	echo old >elf
	run -1 zgetdump dump -k cck elf
	[[ $output == *"exists already"*--overwrite* ]]
	[ "$(cat elf)" = old ]
	zgetdump -q dump -k cck --overwrite elf
	memory_of elf | cmp - memory
	# A copy that fails leaves the old one.
	evil_dump
	patch evil $((STATES + 16 * 1000)) ffffffff000000000000000000000000
	sum=$(sha256sum elf)
	run -1 zgetdump evil -k cck --overwrite elf
	[ "$(sha256sum elf)" = "$sum" ]
}

@test "copy: nothing is left of a failure" {
	mkdir out
	run -1 zgetdump dump -k other-cck out/elf
	run -1 zgetdump dump out/elf
	evil_dump
	patch evil $((STATES + 16 * 1000)) ffffffff000000000000000000000000
	run -1 zgetdump evil -k cck out/elf
	[[ $output == *"address 0x3e8000"* ]]
	assert_only out
	run -1 zgetdump -q dump -k cck /dev/full
	[[ $output == *"No space left on device"* ]]
}

@test "copy: killed, nothing is left" {
	mkdir out
	make_dump protected large 96 1 dense
	zgetdump -q -k cck large out/elf &
	sleep 0.02
	kill -9 $! 2>/dev/null || true
	wait $! || true
	[ ! -e out/elf ] || cmp <(memory_of out/elf $((96 << 20))) <(make_dump memory /dev/stdout 96 1 dense)
	[ -z "$(find out -name '.*' -type f)" ]
}

@test "copy: a disk that is full" {
	mkdir disk
	mount -t tmpfs -o size=2m none disk 2>/dev/null || skip "mounting is not permitted here"
	run -1 zgetdump -k cck dump disk/elf
	rest=$(ls -A disk)
	umount disk
	[[ $output == *"No space left on device"* ]]
	[ -z "$rest" ]
}

@test "verify: a whole dump" {
	run -0 zgetdump --verify dump -k cck
	[[ $output == *"The dump is whole: 2 CPUs, 8388608 bytes"* ]]
	[[ $output == *"Memory carries no signature"* ]]
	run -0 zgetdump --verify plain
	[[ $output != *signature* ]]
	run -0 zgetdump -q --verify dump -k cck
	[ -z "$output" ]
}

@test "verify: damage is an answer, another key is none" {
	evil_dump
	patch evil $((STATES + 16 * 2047)) ffffffff000000000000000000000003
	run -3 zgetdump --verify evil -k cck
	[[ $output == *"page at address 0x7ff000"* ]]
	head -c -100 dump >short
	run -3 zgetdump --verify short -k cck
	run -1 zgetdump --verify dump -k other-cck
	[[ $output == *"This key does not open"* ]]
	run -1 zgetdump --verify dump
	run -1 zgetdump --verify cck -k cck
	run -1 zgetdump --verify missing -k cck
}

@test "another key and damage are told apart" {
	evil_dump
	patch evil $((COMPLETION + 96)) ffffffff
	run -1 zgetdump evil -k cck elf
	[[ $output == *"damaged in its section pv_compl at offset 0x$(printf %x $COMPLETION)"* ]]
	run -1 zgetdump evil -k other-cck elf
	[[ $output == *"This key does not open"* ]]
	evil_dump
	patch evil $((NOTES + NOTES_OF_CPU + CPU_AREA + 500)) ffffffff
	run -1 zgetdump evil -k cck elf
	[[ $output == *"damaged in the registers of CPU 1"* ]]
	run -1 zgetdump evil -k other-cck elf
	[[ $output == *"This key does not open"* ]]
}

@test "keys: wrong sizes and no files" {
	local size
	for size in 0 31 33 4096; do
		head -c $size /dev/urandom >key
		run -1 zgetdump dump -k key elf
		[[ $output == *"$size bytes"*32* ]]
	done
	run -1 zgetdump dump -k missing elf
	[[ $output == *"Cannot read the key 'missing'"* ]]
	run -1 zgetdump dump -k /dev/zero elf
	run -1 zgetdump dump -k cck -k cck elf
}

@test "two systems in one dump" {
	make_dump protected two 6 1 kdump
	make_dump memory two-memory 6 1 kdump
	run -1 zgetdump -k cck two elf
	[[ $output == *"two systems"*"kdump, prod or all"* ]]
	run -1 zgetdump -k cck -i two
	zgetdump -q -k cck -s all two all
	memory_of all $((6 << 20)) | cmp - two-memory
	zgetdump -q -k cck -s kdump two kdump
	memory_of kdump $((1 << 20)) | cmp - <(head -c 1M two-memory)
	zgetdump -q -k cck -s prod two prod
	memory_of prod $((5 << 20)) | cmp - <(
		tail -c +$(((2 << 20) + 1)) two-memory | head -c 1M
		tail -c +$(((1 << 20) + 1)) two-memory | head -c 1M
		tail -c 3M two-memory)
	run -0 zgetdump -k cck -s prod -i two
	[[ $output == *"0000000000000000 - 00000000001fffff (2 MB)"*"0000000000300000 - 00000000005fffff (3 MB)"* ]]
	run -1 zgetdump -k cck -s prod dump elf
	[[ $output == *"only one system"* ]]
	run -1 zgetdump -k cck -s other dump elf
}

@test "a CPU in the middle of an instruction is remarked" {
	make_dump protected partial 1 2 partial
	run -0 zgetdump -i partial -k cck
	[[ $output == *"warning: CPU 1 was in the middle of an instruction"* ]]
}

@test "no dumps: refused by name" {
	run -1 zgetdump -d /dev/dasda
	[[ $output == *"'/dev/dasda': dump devices"* ]]
	run -1 zgetdump cck elf
	[[ $output == *"No valid dump found in 'cck'"* ]]
	run -1 zgetdump "$(command -v zgetdump)" elf
	[[ $output == *"No valid dump found"* ]]
	run -1 zgetdump . elf
	run -1 zgetdump missing elf
	[[ $output == *"'missing'"*"No such file"* ]]
	run -1 zgetdump - elf <dump
	mkfifo pipe
	run -1 timeout 5 zgetdump pipe elf
	[[ $output == *"is no file"* ]]
}

@test "a dump that the guest's image did not allow" {
	# What a hypervisor writes then: no sections, notes of zeros.
	evil_dump
	patch evil 0x3c 00000000
	run -1 zgetdump evil -k cck elf
	[[ $output == *"lacks the section pv_compl"*--enable-dump* ]]
}

@test "command lines that make no sense" {
	local line
	for line in "" "-i" "-i dump more" "-m dump" "-m -i dump folder" "-u" "-u a b" "-i -f elf dump" \
		"-u -k cck folder" "-d dev -s all" "--verify dump out" "-x dump" "dump a b"; do
		# shellcheck disable=SC2086 # words
		run -1 zgetdump $line
		[[ $output == *"Try 'zgetdump --help'"* ]]
	done
}

@test "help and version" {
	run -0 zgetdump -h
	[[ $output == *"Usage: zgetdump [OPTIONS] DUMP [OUTPUT]"* ]]
	run -0 zgetdump -v
	[[ $output == "zgetdump version "* ]]
	run -0 zgetdump --version
}
