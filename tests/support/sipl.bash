# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2154 # bats sets output
# What the tests of sipl share. After sipl_setup_file, $WORK holds:
#   kernel, stage3   files with an SCLAB, as those that are signed have
#   initrd           a file without one
#   key.pem, cert.pem, other.key, other.pem   two signers
bats_require_minimum_version 1.5.0
load ../support/image

KERNEL_SIZE=135168 # 132 KiB: fills blocks of 4096

sipl_setup_file() {
	export WORK=$BATS_FILE_TMPDIR/work
	export LC_ALL=C.UTF-8
	unset KBUILD_SIGN_PIN
	mkdir -p "$WORK"
	cd "$WORK" || return 1
	fake_kernel kernel $KERNEL_SIZE 4096
	add_sclab kernel 0000 0 0
	fake_stage3 stage3
	head -c 10000 /dev/urandom >initrd
	sipl keygen -q -k key.pem -c cert.pem -n "Owner's key"
	sipl keygen -q -t p256 -k other.key -c other.pem -n "Somebody else"
}

sipl_setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	ln -s "$WORK"/* .
}

# add_sclab FILE FLAGS PSW ADDRESS: flags in hexadecimal, the others as numbers;
# over the last 32 bytes of FILE
add_sclab() {
	local size
	size=$(stat -Lc %s "$1")
	patch "$1" $((size - 32)) "0000$2""00000000$(printf '%016x%016x' $(($3)) $(($4)))00000020""7a49504c"
}

# fake_stage3 FILE: what the loader takes for one; it is never run here
fake_stage3() {
	head -c 16384 /dev/urandom >"$1"
	add_sclab "$1" c000 0x000800008000a000 0xa000
}

# make_disk FILE [OPTION...]: a signed one
make_disk() {
	local file=$1
	shift
	sipl mkdisk -q -i kernel --stage3 stage3 -k key.pem -c cert.pem -o "$file" "$@"
}

# says TEXT: in $output of bats' run
says() {
	[[ $output == *"$1"* ]] || { echo "missing: $1"; echo "$output"; return 1; }
}

# The JSON of inspect, through jq.
look() { # FILE FILTER
	sipl inspect --format json "$1" | jq -r "$2"
}
