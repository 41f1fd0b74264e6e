#!/bin/bash
# SPDX-License-Identifier: MIT
# build.sh: how fast images are built, against SHA-512 and against peers.
#
# Aim: 0.9 or more of the SHA-512 rate from 256 MiB on, below 64 MiB of memory at
# any size. BENCH_FOLDER is where images are written (default: $TMPDIR or /tmp);
# BENCH_SIZES (MiB) and BENCH_ROUNDS say how much is measured.
set -eu
. "$UV_ROOT/tests/support/image.bash"
. "$UV_ROOT/tests/support/peers.bash"
sizes=${BENCH_SIZES:-16 256 1024}
rounds=${BENCH_ROUNDS:-5}
ninja -C "$UV_BUILD" bench/build_rate >/dev/null
rate=$UV_BUILD/bench/build_rate

work=$(mktemp -d "${BENCH_FOLDER:-${TMPDIR:-/tmp}}/uv-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
fake_kernel kernel 131195 4096
host_key_document host.crt
ours=(pvimg create -i kernel -r ramdisk -k host.crt --no-verify -o image)

measure_peers() { # MIB
	local program
	if program=$(peer pvimg-rust pvimg); then
		"$rate" "IBM's pvimg" "$1" "$rounds" image "$program" create \
			--x-bootloader-directory "$(dirname "$program")" \
			-i kernel -r ramdisk -k host.crt --no-verify -o image
	fi
	if program=$(peer genprotimg-c genprotimg); then
		"$rate" "C genprotimg" "$1" "$rounds" image "$program" \
			-i kernel -r ramdisk -k host.crt --no-verify -o image
	fi
}

count_calls() {
	command -v strace >/dev/null || return 0
	rm -f image
	strace -f -c -o calls -- "${ours[@]}" 2>/dev/null || return 0
	printf '%-12s %5s MiB: %s system calls\n' pvimg "$1" \
		"$(awk '$NF == "total" { print $(NF - 1) == $4 ? $4 : $(NF - 2) }' calls)"
}

for size in $sizes; do
	head -c "${size}M" /dev/urandom >ramdisk
	cat ramdisk >/dev/null
	"$rate" pvimg "$size" "$rounds" image "${ours[@]}"
	measure_peers "$size"
	count_calls "$size"
done
