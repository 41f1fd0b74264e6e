#!/bin/bash
# SPDX-License-Identifier: MIT
# demo.sh BUILD [PART...]: shows what works, part by part; each is a file in
# scripts/demo/ and may be run alone. Ends with a summary of what was proven.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

UV_BUILD=$(realpath "$1")
shift
export UV_ROOT=$PWD UV_BUILD PATH=$UV_BUILD/bin:$PATH
export UV_GUESTS=$UV_CACHE/guests ULTRAVIOLET_CACHE=$UV_CACHE
unset ULTRAVIOLET_MACHINE

all_parts="boot attest ipl dump"
DEMO_FOLDER=$(mktemp -d)
export DEMO_FOLDER DEMO_PROVEN=$DEMO_FOLDER/proven
# The parts end what they start; what is left is files.
trap 'rm -rf "$DEMO_FOLDER"' EXIT

[ $# -gt 0 ] || set -- $all_parts
for part; do
	[ -f "scripts/demo/$part.sh" ] ||
		die "there is no part '$part'" "The parts are: $all_parts"
	mkdir -p "$DEMO_FOLDER/$part"
	begin=$SECONDS
	"scripts/demo/$part.sh" "$DEMO_FOLDER/$part" ||
		die "part '$part' of the demo failed" "What it said stands above."
	printf '\n(%s: %d s)\n' "$part" $((SECONDS - begin))
done

printf '\nWhat was proven (by a simulated machine: see SECURITY.md)\n'
sed 's/^/  * /' "$DEMO_PROVEN"
