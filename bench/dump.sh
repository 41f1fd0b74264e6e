#!/bin/bash
# SPDX-License-Identifier: MIT
# dump.sh: how fast zgetdump decrypts, against AES-XTS and against a plain copy of
# the file, with one thread and with one for each core; what the mount answers.
#
# Aim: 0.7 of threads x the rate of AES-XTS on one core, or of the plain copy's
# rate, whichever is lower; below 64 MiB of memory. BENCH_FOLDER is where dumps are
# written (default: $TMPDIR or /tmp); BENCH_MIB and BENCH_ROUNDS say how much is
# measured.
set -eu
size=${BENCH_MIB:-1024}
rounds=${BENCH_ROUNDS:-5}
ninja -C "$UV_BUILD" bench/dump_rate tests/support/make-dump >/dev/null
rate=$UV_BUILD/bench/dump_rate

work=$(mktemp -d "${BENCH_FOLDER:-${TMPDIR:-/tmp}}/uv-bench-XXXXXX")
finish() {
	zgetdump -u "$work/mount" 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT
cd "$work"
head -c 32 /dev/urandom >cck
"$UV_BUILD/tests/support/make-dump" protected dump "$size" 2 cck dense
cat dump >/dev/null

# One core for each thread: zgetdump takes as many threads as it has cores.
cores=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
for threads in 1 $(nproc); do
	[ "$threads" -eq 1 ] && only="taskset -c $cores" || only=
	# shellcheck disable=SC2086 # words
	"$rate" copy "$threads" "$size" "$rounds" dump out $only zgetdump -q -k cck dump out
	# shellcheck disable=SC2086
	"$rate" verify "$threads" "$size" "$rounds" dump out $only zgetdump -q --verify -k cck dump
	[ "$(nproc)" -gt 1 ] || break
done

[ -w /dev/fuse ] || { echo "mount: not measured, /dev/fuse cannot be opened here"; exit 0; }
mkdir mount
zgetdump -m dump mount -k cck
"$rate" reads mount/dump.elf 20000
