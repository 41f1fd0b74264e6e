#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the boot stages say when the ultravisor or the hypervisor refuses an
# image: each test breaks one thing in an image that would start.

setup_file() {
	export ROOT=${UV_ROOT:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	export BUILD=${UV_BUILD:-$ROOT/build}
	local cache=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ultraviolet}
	export QEMU=$cache/engine/qemu-system-s390x PATH=$BUILD/bin:$PATH
	export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
	[ -x "$QEMU" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return 1
	ultraviolet machine create here >/dev/null
	ultraviolet machine create elsewhere >/dev/null
	make_kernel
	pvimg create -i kernel -k here/HKD-*.crt --no-verify -o good
}

setup() {
	[ -x "$QEMU" ] || skip "no engine in the cache; scripts/engine.sh fetches it"
	cd "$BATS_FILE_TMPDIR" || return 1
	cp good image
}

# make_kernel: "S390EP" where image creators look for it, and at its entry
# BASR 1,0; LPSWE 0x1e(1): a disabled wait with reason 0x600d.
make_kernel() {
	truncate -s 70000 kernel
	at kernel 65536 '\015\020\262\262\020\036'
	at kernel 65544 'S390EP'
	at kernel 65568 '\000\002\000\001\200\000\000\000\000\000\000\000\000\000\140\015'
}

# at FILE OFFSET BYTES: overwrite
at() {
	# shellcheck disable=SC2059 # octal escapes
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# start [MACHINE [OPTION...]]
start() {
	local machine=${1:-here}
	[ $# -eq 0 ] || shift
	timeout -k 5 60 "$QEMU" -machine s390-ccw-virtio -cpu max -m 256 -nographic -no-reboot \
		-d guest_errors -kernel image "$@" \
		-plugin "$BUILD/lib/ultraviolet.so,host-key=$machine/host-key.pem,generation=z16" \
		</dev/null 2>&1 | tr -d '\r'
}

contains() {
	[[ $output == *"$1"* ]] || { echo "missing: $1"; echo "$output"; return 1; }
}

# refused STEP REASON CODE
refused() {
	contains "Protected boot failed: 0x"
	contains "at the step: $1"
	contains "reason: $2"
	contains "remedy: "
	contains "PSW: 0x0002000080000000 0x0000000000004608"
}

# args_offset: where stage3a's arguments lie in the image
args_offset() {
	echo $((0x10000 + $(wc -c <"$BUILD/guest/bin/stage3a.bin") - 24))
}

@test "an image that nobody touched starts" {
	run start
	contains "PSW: 0x0002000180000000 0x000000000000600d"
	[[ $output != *failed* ]]
}

@test "an image for another machine is named as such" {
	run start elsewhere
	refused "accept the Secure Execution header" "the image was not made for this machine"
	contains "rc 0x0108, rrc 0x0005"
}

@test "a changed component is found at the verification" {
	at image $((0x18000)) '\125\252\125\252'
	run start
	refused "verify the unpacked image" "the content of the image was changed"
	contains "rc 0x0102, rrc 0x001b"
}

@test "a changed header is found" {
	at image $((0x14000 + 0x270)) '\125\252\125\252'
	run start
	refused "accept the Secure Execution header" "the header was changed after it was made"
}

@test "a header of another version is named" {
	at image $((0x14000 + 8)) '\000\000\002\000'
	run start
	refused "accept the Secure Execution header" "this machine does not know the version"
	contains "rc 0x0104"
}

@test "a damaged IPL parameter block is refused before anything else" {
	at image $(($(wc -c <image) / 4096 * 4096 + 12)) '\011'
	run start
	refused "hand over the IPL parameter block" "the hypervisor found the IPL parameter block invalid"
	contains "Protected boot failed: 0x0402"
}

@test "a stage3a without arguments says so" {
	head -c 24 /dev/zero | dd of=image bs=1 seek="$(args_offset)" conv=notrunc status=none
	run start
	contains "Protected boot failed: the boot loader has no Secure Execution header"
	contains "PSW: 0x0002000080000000 0x0000000000004511"
}

@test "a stage3a whose arguments lead nowhere stops with a message" {
	at image $(($(args_offset) + 16)) '\177'
	run start
	contains "Protected boot failed: program interruption 0x0005 at 0x1"
	contains "PSW: 0x0002000080000000 0x0000000000004511"
}

@test "stage3b can speak inside the protected guest" {
	head -c 5000 /dev/zero >small
	pvimg create -i small -k here/HKD-*.crt --no-verify --no-component-check -o image --overwrite
	run start
	contains "Protected boot failed: the kernel is smaller than 64 KiB"
	contains "PSW: 0x0002000080000000 0x0000000000004511"
}
