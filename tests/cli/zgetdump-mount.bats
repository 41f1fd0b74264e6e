#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# zgetdump --mount.

bats_require_minimum_version 1.5.0
load ../support/dump

setup_file() { dump_setup_file; }
setup() {
	need_fuse
	image_setup
	mkdir folder
}
teardown() { unmount_all; }



@test "mounted: one file, equal to a copy" {
	zgetdump -q -k cck dump elf
	run -0 zgetdump -m dump folder -k cck
	[ -z "$output" ]
	[ "$(ls -A folder)" = dump.elf ]
	cmp folder/dump.elf elf
	[ "$(stat -c '%a %h %s' folder/dump.elf)" = "400 1 $(stat -c %s elf)" ]
	[ "$(stat -c '%a %h' folder)" = "500 2" ]
	[ "$(stat -c %Y folder/dump.elf)" = "$(stat -Lc %Y dump)" ]
	[ "$(stat -f -c '%S %f' folder)" = "4096 0" ]
	grep -q "dump $PWD/folder fuse.zgetdump ro,nosuid,nodev" /proc/self/mounts
	run -0 zgetdump -u folder
	[ -z "$(ls -A folder)" ]
	run -1 zgetdump -u folder
	[[ $output == *"No dump is mounted at 'folder'"* ]]
}

@test "mounted: nothing can be changed, nothing else is there" {
	zgetdump -m dump folder -k cck
	run -1 cp cck folder/new
	run -1 rm -f folder/dump.elf
	run -1 bash -c 'echo x >folder/dump.elf'
	run -1 cat folder/other
	run -1 truncate -s 0 folder/dump.elf
	zgetdump --umount folder
}

@test "mounted: the s390 format, and of two systems one" {
	zgetdump -q -f s390 -k cck dump s390
	zgetdump -m -f s390 dump folder -k cck
	[ "$(ls -A folder)" = dump.s390 ]
	cmp folder/dump.s390 s390
	zgetdump -u folder
	make_dump protected two 6 1 kdump
	zgetdump -q -s kdump -k cck two elf
	zgetdump -m -s kdump -k cck two folder
	cmp folder/dump.elf elf
}

@test "mounted: 10000 random reads by 4 readers equal the copy" {
	zgetdump -q -k cck dump elf
	zgetdump -m dump folder -k cck
	run -0 python3 "$UV_ROOT/tests/support/random_reads.py" folder/dump.elf elf 4 2500
	[ "$output" = "10000 reads are equal" ]
}

@test "mounted: readelf and another zgetdump read it" {
	zgetdump -m dump folder -k cck
	run -0 readelf -ln folder/dump.elf
	[[ $output == *NT_S390_VXRS_HIGH* ]]
	run -0 zgetdump -i folder/dump.elf
	[[ $output == *"UTS node name......: guest7"* ]]
	run -0 zgetdump --verify folder/dump.elf
}

@test "signals unmount it" {
	local signal pid
	for signal in TERM INT HUP; do
		env --default-signal=INT zgetdump -X -m dump folder -k cck 3>&- &
		pid=$!
		while [ ! -e folder/dump.elf ]; do sleep 0.05; done
		kill -$signal $pid
		wait $pid
		[ -z "$(ls -A folder)" ]
		run -1 grep -F " $PWD/folder " /proc/self/mounts
	done
}

@test "the background process ends with the mount" {
	local pid
	zgetdump -m dump "$PWD/folder" -k cck
	pid=$(pgrep -f "^zgetdump -m dump $PWD/folder")
	zgetdump -u folder
	for ((i = 0; i < 100; i++)); do
		[[ $(ps -o stat= -p "$pid") == [!Z]* ]] || return 0
		sleep 0.05
	done
	false
}

@test "killed, it can be unmounted" {
	local pid
	env --default-signal=INT zgetdump -X -m dump folder -k cck 3>&- &
	pid=$!
	while [ ! -e folder/dump.elf ]; do sleep 0.05; done
	kill -9 $pid
	wait $pid || true
	run -1 cat folder/dump.elf
	run -0 zgetdump -u folder
	[ -z "$(ls -A folder)" ]
	# And again be used.
	zgetdump -m dump folder -k cck
	[ -e folder/dump.elf ]
}

@test "in use, it stays" {
	zgetdump -m dump folder -k cck
	exec 5<folder/dump.elf
	run -1 zgetdump -u folder
	[[ $output == *"Cannot unmount 'folder'"*"still use"* ]]
	exec 5<&-
	zgetdump -u folder
}

@test "failures are seen by who mounts" {
	run -1 zgetdump -m dump folder -k other-cck
	[[ $output == *"This key does not open"* ]]
	run -1 zgetdump -m dump folder
	[[ $output == *"no key was given"* ]]
	run -1 zgetdump -m dump missing -k cck
	[[ $output == *"'missing'"*"No such file"* ]]
	run -1 zgetdump -m dump cck -k cck
	[[ $output == *"Cannot mount"* ]]
	run -1 zgetdump -m cck folder -k cck
	[ -z "$(ls -A folder)" ]
	run -1 zgetdump -u missing
}

@test "a damaged page fails alone" {
	zgetdump -q -k cck dump elf
	evil_dump
	patch evil $((STATES + 16 * 1000)) ffffffff000000000000000000000000
	zgetdump -m evil folder -k cck
	# The memory begins with the second page of the file.
	run -1 dd if=folder/dump.elf bs=4096 skip=1001 count=1 status=none
	[[ $output == *"Input/output error"* ]]
	cmp <(dd if=folder/dump.elf bs=4096 skip=1500 count=100 status=none) \
		<(dd if=elf bs=4096 skip=1500 count=100 status=none)
}

@test "names with blanks and commas" {
	mkdir 'a, folder\with "all"'
	cp dump 'a, dump'
	zgetdump -m 'a, dump' 'a, folder\with "all"' -k cck
	[ -e 'a, folder\with "all"/dump.elf' ]
	zgetdump -u 'a, folder\with "all"/'
	[ ! -e 'a, folder\with "all"/dump.elf' ]
}

@test "memory stays small while all is read" {
	local pid
	make_dump protected large 256 1 dense
	env --default-signal=INT zgetdump -X -m large folder -k cck 3>&- &
	pid=$!
	while [ ! -e folder/dump.elf ]; do sleep 0.05; done
	cat folder/dump.elf >/dev/null
	[ "$(awk '/VmHWM/ { print $2 }' /proc/$pid/status)" -lt $((64 * 1024)) ]
	kill $pid
	wait $pid
}
