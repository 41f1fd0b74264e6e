#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Images made here are read by IBM's tools, and theirs here.

bats_require_minimum_version 1.5.0
load ../support/image
load ../support/peers

setup_file() { image_setup_file; }
setup() { image_setup; }

rust() { need IBM pvimg-rust pvimg; }
legacy() { need LEGACY genprotimg-c genprotimg; }

# ibm_create OUTPUT OPTION...: IBM's pvimg with its own boot stages.
ibm_create() {
	local output=$1
	shift
	"$IBM" create -q --x-bootloader-directory "$(dirname "$IBM")" -i kernel \
		-k host.crt --no-verify --hdr-key hdr.key -o "$output" "$@"
}

# What both must print alike: the moment and the tool aside.
same_info() { # IMAGE [OPTION...]
	local format
	for format in text text:full json json:pretty json:minify; do
		pvimg info -q --format $format "$@" | without_meta >ours
		"$IBM" info -q --format $format "$@" | without_meta >theirs
		diff ours theirs || return 1
	done
}

without_meta() {
	sed -E 's/"(version|host|time)": ?"([^V"][^"]*)"/"\1":""/g; s/"time_epoch": ?[0-9]+/"time_epoch":0/'
}

@test "info prints what IBM's prints, on our images" {
	rust
	make_image plain
	make_image two -k other.crt --disable-pckmo
	make_image flags --x-pcf 0xc0ffee00000000ff --x-scf 0x6000000000000001 --overwrite
	make_image dump --cck cck --enable-dump --enable-cck-extension-secret
	for image in plain two flags dump; do
		same_info $image
		same_info --hdr-key hdr.key $image
		same_info --hdr-key hdr.key --show-secrets $image
	done
}

@test "info prints what IBM's prints, on its images" {
	rust
	ibm_create plain
	ibm_create all -r ramdisk -p parm --enable-cck-update --enable-dump
	for image in plain all; do
		same_info $image
		same_info --hdr-key hdr.key $image
		same_info --hdr-key hdr.key --show-secrets $image
	done
	pvextract-hdr -q -o header all
	same_info header
}

@test "info prints what IBM's prints, on a legacy image" {
	rust
	legacy
	"$LEGACY" -i kernel -r ramdisk -p parm -k host.crt --no-verify \
		--x-header-key hdr.key -o image
	same_info image
	same_info --hdr-key hdr.key --show-secrets image
}

@test "both refuse a wrong key and a damaged header" {
	rust
	make_image image
	for reader in pvimg "$IBM"; do
		run -1 "$reader" info --hdr-key cck image
		[[ $output == *"Failed to authenticate and decrypt the Secure Execution header"* ]]
	done
	patch image 0x14000 00
	for reader in pvimg "$IBM"; do
		run -1 "$reader" info image
		[[ $output == *"No Secure Execution header found"* ]]
	done
}

@test "test answers what IBM's answers" {
	rust
	make_image ours
	ibm_create theirs
	for image in ours theirs; do
		for keys in host.crt other.crt other.crt,host.crt; do
			run pvimg test -k $keys $image
			here="$status $output"
			run "$IBM" test -k $keys $image
			[ "$here" = "$status $output" ]
		done
	done
}

@test "test of key hashes answers what IBM's answers" {
	rust
	make_image image
	hash=$(field image phkh_hex)
	zero=$(printf '0%.0s' {1..64})
	for place in 1 2 3 15 none; do
		for line in {1..15}; do
			if [ $line = $place ]; then echo "$hash"; else echo "$zero"; fi
		done >hashes
		run pvimg test --key-hashes=hashes image
		here="$status $output"
		run "$IBM" test --key-hashes=hashes image
		[ "$here" = "$status $output" ]
	done
}

@test "their images are verified here" {
	rust
	ibm_create one
	ibm_create all -r ramdisk -p parm -k other.crt
	ibm_create clear -r ramdisk --disable-image-encryption
	for image in one all clear; do
		run -0 pvimg verify --hdr-key hdr.key $image
		patch $image 0x15123 5a5a5a5a5a5a5a5a
		run -3 pvimg verify --hdr-key hdr.key $image
	done
}

@test "legacy images are verified here" {
	legacy
	"$LEGACY" -i kernel -r ramdisk -p parm -k host.crt -k other.crt --no-verify \
		--x-header-key hdr.key -o image
	run -0 pvimg verify --hdr-key hdr.key image
	run -0 pvimg test -k other.crt image
	patch image 0x15123 5a5a5a5a5a5a5a5a
	run -3 pvimg verify --hdr-key hdr.key image
}

# From the same input, and with the same boot stages, the two tools may differ in
# nothing but what is random.
@test "an image is IBM's, byte for byte, but for what is random" {
	rust
	for options in "" "-p parm" "-r ramdisk" "-r ramdisk -p parm" "-p parm -k other.crt"; do
		rm -f ours theirs
		# shellcheck disable=SC2086 # a list of options
		ibm_create theirs $options --cck cck --disable-image-encryption
		# shellcheck disable=SC2086
		pvimg create -q --x-bootloader-directory "$(dirname "$IBM")" -i kernel \
			-k host.crt --no-verify --hdr-key hdr.key -o ours $options --cck cck \
			--disable-image-encryption 2>/dev/null
		mask ours
		mask theirs
		cmp ours theirs
	done
}

# Clears what is random: header IV, customer key, TLD, slots, area and tag; the
# tweak prefixes' last six bytes.
mask() { # IMAGE
	local size ipib entry
	patch "$1" 0x14010 "$(zeros 12)"
	patch "$1" 0x14040 "$(zeros 160)"
	patch "$1" 0x14160 "$(zeros 64)"
	size=$((16#$(bytes "$1" 0x1400c 4)))
	patch "$1" 0x141c0 "$(zeros $((size - 0x1c0)))"
	ipib=$((16#$(bytes "$1" 0xc014 8)))
	for ((entry = ipib + 0x88; entry < $(stat -c %s "$1"); entry += 24)); do
		patch "$1" $((entry + 2)) "$(zeros 6)"
	done
}

zeros() { printf "%0$((2 * $1))d" 0; }

@test "pvextract-hdr writes what the script writes" {
	script=${ULTRAVIOLET_PEERS:-/nonexistent}/s390-tools-new/rust/pvattest/tools/pvextract-hdr
	[ -f "$script" ] || skip "there is no pvextract-hdr script in \$ULTRAVIOLET_PEERS"
	make_image image
	pvextract-hdr -o header image >ours
	bash "$script" -o header.theirs image >theirs
	cmp header header.theirs
	diff <(sed s/header.theirs/header/ theirs) ours
	run -1 bash "$script" kernel
	run -1 pvextract-hdr kernel
}

# Command lines that one of the two refuses, the other refuses as well.
@test "command lines: what is taken and what is refused" {
	rust
	lines=(
		"" "--enable-dump" "--enable-dump --cck cck" "--enable-dump --comm-key cck"
		"--enable-dump --enable-cck-update" "--enable-dump --disable-dump"
		"--enable-cck-extension-secret" "--enable-cck-extension-secret --cck cck"
		"--enable-cck-extension-secret --cck cck --enable-cck-update"
		"--disable-cck-extension-secret --enable-cck-update"
		"--enable-pckmo --disable-pckmo" "--enable-pckmo-hmac --disable-pckmo"
		"--enable-backup-keys" "--enable-backup-keys --disable-backup-keys"
		"--image-key image.key" "--image-key image.key --disable-image-encryption"
		"--image-key cck" "--cck image.key" "--hdr-key hdr.key --hdr-key hdr.key"
		"--x-pcf 0xe0" "--x-pcf e0" "--x-pcf=0" "--x-pcf zz" "--x-pcf 0xe0 --enable-pckmo"
		"--x-scf 0 --enable-dump --cck cck" "--x-scf 0x10000000000000000"
		"--x-psw 0x11000" "--x-header-key image.key" "--x-comp-key image.key"
		"-C host.crt" "--nonsense" "stray" "-q -q" "-v -v" "-r ramdisk -r ramdisk"
		"-p parm" "-k other.crt" "-k other.crt,host.crt" "-k absent"
	)
	for line in "${lines[@]}"; do
		rm -f ours theirs
		here=0 there=0
		# shellcheck disable=SC2086 # a list of options
		pvimg create --overwrite -i kernel -k host.crt --no-verify $line -o ours \
			>here.out 2>&1 || here=$?
		# shellcheck disable=SC2086
		"$IBM" create --overwrite -i kernel -k host.crt --no-verify $line -o theirs \
			--x-bootloader-directory "$(dirname "$IBM")" >there.out 2>&1 || there=$?
		[ $((here > 0)) -eq $((there > 0)) ] || {
			echo "'$line': $here here, $there there"
			cat here.out there.out
			return 1
		}
	done
}
