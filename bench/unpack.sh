#!/bin/bash
# SPDX-License-Identifier: MIT
# unpack.sh: how fast the ultravisor unpacks and verifies, against SHA-512 over the
# same bytes. Aim: 0.85 or more. BENCH_SIZES (MiB) and BENCH_ROUNDS say how much.
set -eu
ninja -C "$UV_BUILD" bench/unpack_rate >/dev/null
for size in ${BENCH_SIZES:-16 256 1024}; do
	"$UV_BUILD/bench/unpack_rate" "$size" "${BENCH_ROUNDS:-7}"
done
