#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh BUILD [NAME...]: every benchmark, or the ones named (build, unpack, boot,
# attest, ipl, loader, dump ...).
#
# Each states ratios of two things measured side by side in this run: ours and
# its limit, or ours and a peer found on PATH. The aims stand beside them.
set -eu
cd "$(dirname "$0")/.."
build=$(realpath "$1")
shift
export UV_ROOT=$PWD UV_BUILD=$build PATH=$build/bin:$PATH

echo "Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores"
for name in "${@:-build unpack boot attest ipl loader dump}"; do
	for each in $name; do
		echo
		echo "== $each"
		"bench/$each.sh"
	done
done
