#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvextract-hdr.

bats_require_minimum_version 1.5.0
load ../support/image

setup_file() {
	image_setup_file
	make_image image
	tail -c +$((0x14001)) image | head -c 640 >expected
}
setup() { image_setup; }

@test "the header of an image" {
	run -0 --separate-stderr pvextract-hdr -o hdr.bin image
	[ "${lines[0]}" = "SE header found at offset 0x014000" ]
	[ "${lines[1]}" = "SE header written to 'hdr.bin' (640 bytes)" ]
	[ -z "$stderr" ]
	cmp hdr.bin expected
}

@test "the default name; what is there is replaced" {
	echo old >sehdr.bin
	run -0 pvextract-hdr image
	cmp sehdr.bin expected
	[ "$(stat -c %a sehdr.bin)" = "$(printf %o $((0666 & ~$(umask))))" ]
}

@test "to standard output, which then holds nothing else" {
	pvextract-hdr -o - image 2>messages | cmp - expected
	grep -q 0x014000 messages
	# By its other name, which is not to be replaced by a file.
	pvextract-hdr -o /dev/stdout image 2>messages >hdr.bin
	cmp hdr.bin expected
	grep -q 0x014000 messages
	[ -L /dev/stdout ]
	pvextract-hdr -q -o /dev/fd/7 image 7>hdr.bin
	cmp hdr.bin expected
}

@test "of several hosts" {
	make_image two -k other.crt
	run -0 pvextract-hdr -o hdr.bin two
	[[ $output == *"(720 bytes)"* ]]
	pvimg test -k other.crt hdr.bin
}

@test "without metadata" {
	cp image legacy
	patch legacy 0xc000 0000000000000000
	run -0 pvextract-hdr -o hdr.bin legacy
	cmp hdr.bin expected
}

@test "where the metadata says" {
	{ cat image; head -c 48 /dev/zero; cat expected; } >moved
	offset=$(($(stat -Lc %s image) + 48))
	patch moved 0xc008 "$(printf %016x $offset)"
	run -0 pvextract-hdr -o hdr.bin moved
	[ "${lines[0]}" = "$(printf 'SE header found at offset 0x%06x' $offset)" ]
	# A window that was asked for comes before the metadata.
	run -0 pvextract-hdr -s 0x14 -l 1 -o hdr.bin moved
	[ "${lines[0]}" = "SE header found at offset 0x014000" ]
}

@test "windows of pages, rows of 16 bytes" {
	{ head -c $((0x16ff0)) /dev/zero; cat expected; } >odd
	run -0 pvextract-hdr -o hdr.bin odd
	[ "${lines[0]}" = "SE header found at offset 0x016ff0" ]
	cmp hdr.bin expected
	run -0 pvextract-hdr -s 22 -l 1 -o hdr.bin odd
	run -0 pvextract-hdr -s 0 -l 100 -o hdr.bin odd
	run -1 pvextract-hdr -s 0x17 -o hdr.bin odd
	run -1 pvextract-hdr -s 0 -l 0x16 -o hdr.bin odd
	run -1 pvextract-hdr -l 0 -o hdr.bin odd
	[[ $output == *"odd does not contain an SE header."* ]]
	{ head -c $((0x14008)) /dev/zero; cat expected; } >unaligned
	run -1 pvextract-hdr unaligned
}

@test "another version is remarked and taken as it is" {
	cp image newer
	patch newer 0x14008 00000200
	patch newer 0x1400c 00000300
	run -0 pvextract-hdr -o hdr.bin newer
	[[ $output == *"unknown hdr version 0x00000200"* ]]
	[ "$(stat -c %s hdr.bin)" -eq $((0x300)) ]
}

@test "headers that cannot be" {
	for size in 00000000 00000010 0000027f 00000290 00400001 ffffffff; do
		cp image bad
		patch bad 0x1400c $size
		run -1 pvextract-hdr -o out bad
		[ ! -e out ]
	done
	head -c $((0x1427f)) image >cut
	run -1 pvextract-hdr -o out cut
	[ ! -e out ]
}

@test "files without a header, and no files" {
	run -1 pvextract-hdr kernel
	[[ $output == *"kernel does not contain an SE header."* ]]
	run -1 pvextract-hdr absent
	[[ $output == *"File 'absent' not found"* ]]
	run -1 pvextract-hdr .
	run -1 pvextract-hdr -o no/folder image
	run -1 pvextract-hdr -o /dev/full image
	assert_only . cck hdr.key host.crt host.crt.pem image image.key kernel other.crt \
		other.crt.pem parm ramdisk expected
}

@test "the command line" {
	run -0 pvextract-hdr -h
	[[ $output == *sehdr.bin* ]]
	run -1 pvextract-hdr
	run -1 pvextract-hdr -x image
	run -1 pvextract-hdr -o
	for number in x 0x -1 '' 1x 99999999999999999999; do
		run -1 pvextract-hdr -s "$number" image
		run -1 pvextract-hdr -l "$number" image
	done
	run -1 pvextract-hdr -s 0xffffffffffffffff -l 0xffffffffffffffff image
	[ ! -e sehdr.bin ]
}
