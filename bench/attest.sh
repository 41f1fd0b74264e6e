#!/bin/bash
# SPDX-License-Identifier: MIT
# attest.sh: how fast attestation requests are made, against the operations on the
# curve that they take, and how fast responses are verified; on one core, for 1 to 95
# machines. BENCH_HOSTS and BENCH_ROUNDS say how much.
set -eu
ninja -C "$UV_BUILD" bench/attest_rate >/dev/null
for hosts in ${BENCH_HOSTS:-1 8 95}; do
	"$UV_BUILD/bench/attest_rate" "$hosts" "${BENCH_ROUNDS:-15}"
done
