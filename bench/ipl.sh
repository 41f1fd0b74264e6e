#!/bin/bash
# SPDX-License-Identifier: MIT
# ipl.sh: Secure IPL. How fast DIAGNOSE 508 verifies a component of 64 MiB, with a full
# certificate store whose last certificate is the right one, against SHA-256 over the
# same bytes. Aim: 1.1 times its time or less. BENCH_ROUNDS says how often.
set -eu
ninja -C "$UV_BUILD" bench/diag508_rate >/dev/null
"$UV_BUILD/bench/diag508_rate" 64 "${BENCH_ROUNDS:-9}"
