#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sipl against Debian's own tools for s390x: sign-file of Linux, zipl (run in a
# guest) and its stage 3.

load ../boot/boot
load ../boot/secure-ipl

setup_file() {
	boot_prepare
	export TOOLS=$UV_CACHE/ipl-tools
	sipl keygen -q -k signer.key -c signer.pem -n signer
}

setup() {
	boot_require trixie
	[ -e "$TOOLS/version" ] || skip "not there: sign-file and zipl (scripts/ipl-tools.sh)"
	command -v mke2fs >/dev/null || skip "mke2fs is not installed"
	KERNEL=$UV_CACHE/guests/trixie/vmlinuz
	STAGE3=$TOOLS/s390x/boot/stage3.bin
}

# their_disk FILE [OPTION...]: sign-file signs Debian's kernel and stage 3, zipl writes the disk
their_disk() {
	local file=$1
	shift
	[ ! -e "$file" ] || return 0
	"$TOOLS/sign-file" sha256 signer.key signer.pem "$KERNEL" kernel.theirs
	"$TOOLS/sign-file" sha256 signer.key signer.pem "$STAGE3" stage3.theirs
	secure_initrd trixie
	"$UV_ROOT/tests/support/zipl-disk.sh" -r secure-initrd-trixie \
		-P "console=ttysclp0 quiet" "$@" "$file" kernel.theirs stage3.theirs
}

# entries DISK: what is loaded where, and signed by whom. Of stage 3's parameters, only
# that they are there: zipl names its environment block in them.
entries() {
	sipl inspect --format json "$1" | jq -c '.programs[0].components[] |
		select(.name != "environment") | del(.first_block, .extents) |
		if .name == "parameters of stage 3" then del(.sha256) else . end'
}

@test "a disk of zipl's: the same entries as on ours" {
	their_disk zipl.disk
	sipl mkdisk -i kernel.theirs --stage3 stage3.theirs -r secure-initrd-trixie \
		-P "console=ttysclp0 quiet" --secure 1 -o our.disk
	entries zipl.disk >theirs
	entries our.disk >ours
	diff theirs ours
	[ "$(wc -l <ours)" -eq 10 ]
}

@test "a disk of zipl's: it verifies, and does not with one bit flipped" {
	their_disk zipl.disk
	run -0 sipl verify --boot-certs signer.pem zipl.disk
	contains "secure mode: starts"
	cp zipl.disk flipped.disk
	flip flipped.disk "$(kernel_offset flipped.disk 100)"
	run -3 sipl verify --boot-certs signer.pem flipped.disk
	contains "does not verify with any certificate"
}

@test "a disk of zipl's with blocks of 4096, unsigned" {
	their_disk zipl4k.disk -b 4096 -S 0
	[ "$(sipl inspect --format json zipl4k.disk | jq .block_size)" -eq 4096 ]
	run -3 sipl verify --boot-certs signer.pem zipl4k.disk
	contains "no component is signed"
	run -0 sipl verify --mode normal --boot-certs signer.pem zipl4k.disk
}

@test "a disk of zipl's starts in secure mode" {
	[ -e "$UV_BUILD/lib/ultraviolet-ipl.img" ] || skip "not there: the boot loader ultraviolet-ipl.img"
	their_disk zipl.disk
	# shellcheck disable=SC2046 # several options
	run secure_guest zipl ,secure-boot=on,boot-certs.0.path=signer.pem $(on_blk zipl.disk)
	contains "secure=1"
	contains "init=done"
	[ "$(grep -c 'Verified component' <<<"$output")" -eq 2 ]
}

@test "our disk with zipl's stage 3 starts on the firmware that comes with QEMU" {
	secure_initrd trixie
	sipl mkdisk -i "$KERNEL" --stage3 "$STAGE3" -r secure-initrd-trixie -k signer.key -c signer.pem \
		-P "console=ttysclp0 quiet" -o mixed.disk
	# shellcheck disable=SC2046
	run timeout -k 5 "$BOOT_LIMIT" "$UV_CACHE/engine/qemu-system-s390x" -m 512 -nographic \
		-no-reboot $(on_blk mixed.disk) </dev/null
	contains "secure=0"
	contains "init=done"
}
