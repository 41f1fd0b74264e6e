#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Images and headers with one corrupted field each. Every reader has to answer
# with a verdict or a refusal within seconds and megabytes, whatever the bytes.
#
# Each test names what the four readers answer, by their exit codes:
#   info (0 shown, 1 refused)     test (0 included, 1 no or refused)
#   verify (0 yes, 3 no, 1 error) extract (0 written, 1 refused)

bats_require_minimum_version 1.5.0
load ../support/image

setup_file() {
	image_setup_file
	make_image current
	legacy_of current >legacy
	tail -c +$((0x14001)) current | head -c 640 >header
}
setup() { image_setup; }

# The same image as genprotimg up to 2.35 laid it out: IPIB in front of the
# header and without its address, no metadata, nothing behind the components.
legacy_of() {
	cp "$1" tmp
	patch tmp 0xc000 "$(printf '00%.0s' {1..28})"
	tail -c 232 "$1" | dd of=tmp bs=1 seek=$((0x13000)) conv=notrunc status=none
	patch tmp 0x13000 00001000
	patch tmp 0x1306f 00
	patch tmp 0x13078 "$(printf '00%.0s' {1..16})"
	head -c $((0x3c000)) tmp
	rm tmp
}

# evil FORM OFFSET HEX-DIGITS: FORM with these bytes, as file "evil".
evil() {
	cp "$1" evil
	chmod u+w evil
	patch evil "$2" "$3"
}

# reader NAME COMMAND...: its exit code, within its limits.
reader() {
	local name=$1
	shift
	local code=0
	(ulimit -v 262144; exec timeout -k 1 20 "$@") >"$name.out" 2>&1 || code=$?
	if [ "$code" -gt 3 ]; then
		echo "$name ended with $code" >&2
		cat "$name.out" >&2
	fi
	echo "$code"
}

# answers INFO TEST VERIFY EXTRACT: what the readers say about "evil".
answers() {
	local got
	got="$(reader info pvimg info evil) $(reader test pvimg test -k host.crt evil) "
	got+="$(reader verify pvimg verify evil) $(reader extract pvextract-hdr -o out evil)"
	[ "$got" = "$*" ] || {
		echo "expected $*, got $got"
		return 1
	}
}

ones=ffffffffffffffff

# --- without corruption: the readers do say yes ------------------------------------

@test "sound: current layout" { cp current evil; answers 0 0 0 0; }
@test "sound: legacy layout" { cp legacy evil; answers 0 0 0 0; }
@test "sound: a bare header" { cp header evil; answers 0 0 1 0; }

# --- SE header: outer form -----------------------------------------------------------

@test "header: magic" { evil header 0 00; answers 1 1 1 1; }
@test "header: magic, in an image" { evil current 0x14000 00; answers 1 1 1 1; }
@test "header: version 0" { evil header 8 00000000; answers 1 1 1 0; }
@test "header: version 2" { evil header 8 00000200; answers 1 1 1 0; }
@test "header: size 0" { evil header 0xc 00000000; answers 1 1 1 1; }
@test "header: size 16" { evil header 0xc 00000010; answers 1 1 1 1; }
@test "header: size one less" { evil header 0xc 0000027f; answers 1 1 1 1; }
@test "header: size one more" { evil current 0x1400c 00000281; answers 1 1 1 1; }
@test "header: size of two slots" { evil current 0x1400c 000002d0; answers 1 1 1 1; }
@test "header: size 8192" { evil current 0x1400c 00002000; answers 1 1 1 1; }
@test "header: size of all there is" { evil current 0x1400c ffffffff; answers 1 1 1 1; }
@test "header: no slots" { evil current 0x14020 0000000000000000; answers 1 1 1 1; }
@test "header: two slots" { evil current 0x14020 0000000000000002; answers 1 1 1 1; }
@test "header: 96 slots" { evil current 0x14020 0000000000000060; answers 1 1 1 1; }
@test "header: slots that wrap around" { evil current 0x14020 1000000000000001; answers 1 1 1 1; }
@test "header: most slots" { evil current 0x14020 $ones; answers 1 1 1 1; }
@test "header: area of 0 bytes" { evil current 0x14028 0000000000000000; answers 1 1 1 1; }
@test "header: area of 112 bytes" { evil current 0x14028 0000000000000070; answers 1 1 1 1; }
@test "header: area of 144 bytes" { evil current 0x14028 0000000000000090; answers 1 1 1 1; }
@test "header: largest area" { evil current 0x14028 $ones; answers 1 1 1 1; }
@test "header: cut in the fixed part" { head -c 415 header >evil; answers 1 1 1 1; }
@test "header: cut in the slots" { head -c 450 header >evil; answers 1 1 1 1; }
@test "header: cut in the tag" { head -c 639 header >evil; answers 1 1 1 1; }
@test "header: magic alone" { printf IBMSecEx >evil; answers 1 1 1 1; }

# --- SE header: content, which only its key or a comparison can judge -----------------

@test "header: IV" { evil current 0x14010 00; answers 0 0 0 0; unauthentic; }
@test "header: reserved word" { evil current 0x1401c ffffffff; answers 0 0 0 0; unauthentic; }
@test "header: number of pages" { evil current 0x14030 $ones; answers 0 0 3 0; unauthentic; }
@test "header: plaintext flags" { evil current 0x14038 $ones; answers 0 0 0 0; unauthentic; }
@test "header: customer key off the curve" { evil current 0x14050 $ones; answers 0 0 0 0; unauthentic; }
@test "header: customer key padding" { evil current 0x14040 ff; answers 0 0 0 0; unauthentic; }
@test "header: PLD" { evil current 0x140e0 $ones; answers 0 0 3 0; unauthentic; }
@test "header: ALD" { evil current 0x14120 $ones; answers 0 0 3 0; unauthentic; }
@test "header: TLD" { evil current 0x14160 $ones; answers 0 0 3 0; unauthentic; }
@test "header: key hash of the slot" { evil current 0x141a0 $ones; answers 0 1 0 0; unauthentic; }
@test "header: wrapped key" { evil current 0x141c0 $ones; answers 0 0 0 0; unauthentic; }
@test "header: tag of the slot" { evil current 0x141e0 $ones; answers 0 0 0 0; unauthentic; }
@test "header: encrypted area" { evil current 0x141f0 $ones; answers 0 0 0 0; unauthentic; }
@test "header: tag" { evil current 0x14270 $ones; answers 0 0 0 0; unauthentic; }

unauthentic() {
	run -1 pvimg info --hdr-key hdr.key evil
	run -3 pvimg verify --hdr-key hdr.key evil
}

# --- metadata block --------------------------------------------------------------------

# Without its magic, the block is not there: no IPIB lies where readers then look.
@test "metadata: magic" { evil current 0xc000 00; answers 0 0 1 0; }
@test "metadata: header at 0" { evil current 0xc008 0000000000000000; answers 1 1 1 0; }
@test "metadata: header one byte off" { evil current 0xc008 0000000000014001; answers 1 1 1 0; }
@test "metadata: header in the components" { evil current 0xc008 0000000000015000; answers 1 1 1 0; }
@test "metadata: header at the end" { evil current 0xc008 000000000003c0e8; answers 1 1 1 0; }
@test "metadata: header beyond the end" { evil current 0xc008 0000000010000000; answers 1 1 1 0; }
@test "metadata: header at the last byte there can be" { evil current 0xc008 7$ones; answers 1 1 1 0; }
@test "metadata: header at -1" { evil current 0xc008 $ones; answers 1 1 1 0; }
@test "metadata: version 0" { evil current 0xc010 00000000; answers 0 0 0 0; }
@test "metadata: version -1" { evil current 0xc010 ffffffff; answers 0 0 0 0; }
@test "metadata: IPIB at 0" { evil current 0xc014 0000000000000000; answers 0 0 1 0; }
@test "metadata: IPIB in the header" { evil current 0xc014 0000000000014000; answers 0 0 1 0; }
@test "metadata: IPIB one byte off" { evil current 0xc014 000000000003c001; answers 0 0 1 0; }
@test "metadata: IPIB beyond the end" { evil current 0xc014 0000000010000000; answers 0 0 1 0; }
@test "metadata: IPIB at -1" { evil current 0xc014 $ones; answers 0 0 1 0; }
@test "metadata: cut" { head -c $((0xc01b)) current >evil; answers 1 1 1 1; }

# --- IPIB, at 0x3c000 and, in the legacy layout, at 0x13000 ------------------------------

# ipib OFFSET HEX-DIGITS VERIFY-CODE: in both layouts.
ipib() {
	evil current $((0x3c000 + $1)) "$2"
	answers 0 0 "$3" 0
	evil legacy $((0x13000 + $1)) "$2"
	answers 0 0 "$3" 0
}

@test "IPIB: total size 0" { ipib 0 00000000 1; }
@test "IPIB: total size below the least" { ipib 0 00000093 1; }
@test "IPIB: total size without the last component" { ipib 0 000000d0 1; }
@test "IPIB: total size above the most" { ipib 0 00001001 1; }
@test "IPIB: largest total size" { ipib 0 ffffffff 1; }
@test "IPIB: version" { ipib 7 02 1; }
@test "IPIB: block size 0" { ipib 8 00000000 1; }
@test "IPIB: block size without the last component" { ipib 8 000000c8 1; }
@test "IPIB: largest block size" { ipib 8 ffffffff 1; }
@test "IPIB: type" { ipib 0xc 00 1; }
@test "IPIB: no components" { ipib 0x74 00000000 1; }
@test "IPIB: one component fewer" { ipib 0x74 00000003 3; }
@test "IPIB: more components than its size holds" { evil current 0x3c074 00000005; answers 0 0 1 0; }
@test "IPIB: a component of zeros" { evil legacy 0x13074 00000005; answers 0 0 1 0; }
@test "IPIB: components that wrap around" { ipib 0x74 0aaaaaab 1; }
@test "IPIB: most components" { ipib 0x74 ffffffff 1; }
@test "IPIB: header address" { ipib 0x78 0000000000015000 3; }
@test "IPIB: header size" { ipib 0x80 0000000000000281 3; }
@test "IPIB: tweak prefix" { ipib 0x88 0000000000000001 3; }
@test "IPIB: tweak prefixes that do not ascend" { ipib 0x88 $ones 1; }
@test "IPIB: address off a page" { ipib 0x90 0000000000015001 1; }
@test "IPIB: address over the header" { ipib 0x90 0000000000014000 1; }
@test "IPIB: address before the header" { ipib 0x90 0000000000000000 1; }
@test "IPIB: address over the next component" { ipib 0x90 0000000000016000 1; }
@test "IPIB: address near the end of storage" { ipib 0x90 fffffffffffff000 1; }
@test "IPIB: size 0" { ipib 0x98 0000000000000000 1; }
@test "IPIB: size off a page" { ipib 0x98 0000000000020fff 1; }
@test "IPIB: size too small" { ipib 0x98 0000000000020000 3; }
@test "IPIB: size that wraps around" { ipib 0x98 fffffffffffff000 1; }
@test "IPIB: last size beyond the file" { ipib 0xe0 0000000000100000 1; }
@test "IPIB: last size of exabytes" { ipib 0xe0 4000000000000000 1; }
@test "IPIB: cut" { head -c $((0x3c0e7)) current >evil; answers 0 0 1 0; }
@test "IPIB: cut away" { head -c $((0x3c000)) current >evil; answers 0 0 1 0; }

# --- components ------------------------------------------------------------------------

@test "components: a changed byte" { evil current 0x20000 5a5a5a5a; answers 0 0 3 0; }
@test "components: cut" { head -c $((0x3bfff)) legacy >evil; answers 0 0 1 0; }
@test "components: a hole of terabytes that the IPIB claims" {
	evil current 0xc014 0000000000012000
	dd if=current of=evil bs=1 skip=$((0x3c000)) seek=$((0x12000)) count=232 \
		conv=notrunc status=none
	patch evil $((0x120e0)) 0000010000000000
	truncate -s $((0x10000000000 + 0x3a000)) evil || skip "the file system has no files of 1 TiB"
	# The number of pages is wrong already: nothing needs to be read.
	answers 0 0 3 0
}

# --- legacy layout -----------------------------------------------------------------------

@test "legacy: header one page early" {
	{ head -c $((0x13000)) /dev/zero; cat header; } >evil
	answers 0 0 1 0
}
@test "legacy: header one page late" {
	{ head -c $((0x15000)) /dev/zero; cat header; } >evil
	answers 1 1 1 0
}
@test "legacy: the magic alone in an earlier page" {
	evil legacy 0x2000 49424d5365634578
	answers 1 1 1 1
}

# --- no images at all ----------------------------------------------------------------------

@test "an empty file" { : >evil; answers 1 1 1 1; }
@test "zeros" { head -c 1000000 /dev/zero >evil; answers 1 1 1 1; }
@test "random bytes" { head -c 1000000 /dev/urandom >evil; answers 1 1 1 1; }
@test "endless zeros" { ln -s /dev/zero evil; answers 1 1 1 1; }
@test "a folder" { mkdir evil; answers 1 1 1 1; }
@test "nothing" { answers 1 1 1 1; }
