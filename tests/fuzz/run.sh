#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh SECONDS
#
# Fuzzes each target for SECONDS, starting from its corpus, with AddressSanitizer
# and UBSan; prints TAP. New inputs go to build-fuzz/found/NAME, not into the tree;
# what makes a target fail is kept there too and named.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=$1
build=$PWD/build-fuzz

CC=clang scripts/build.sh "$build" -Dfuzzing=true -Dbuildtype=debugoptimized \
	-Db_sanitize=address,undefined -Db_lundef=false >&2 || {
	echo "not ok 1 - the fuzz targets do not build"
	echo "1..1"
	exit 1
}

number=0 failed=0
for target in "$build"/tests/fuzz/*_fuzz; do
	name=$(basename "$target" _fuzz)
	found=$build/found/$name
	mkdir -p "$found"
	number=$((number + 1))
	if timeout -k 10 $((seconds + 120)) "$target" -max_total_time="$seconds" \
		-timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix="$found/" "$found" "tests/fuzz/corpus/$name" \
		>"$found.log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")
		echo "ok $number - $name: ${runs:-0} inputs in $seconds s"
	else
		failed=$((failed + 1))
		echo "not ok $number - $name; see $found.log"
		tail -n 30 "$found.log" | sed 's/^/# /'
	fi
done
echo "1..$number"
[ "$failed" -eq 0 ]
