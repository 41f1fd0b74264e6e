#!/bin/bash
# SPDX-License-Identifier: MIT
# coverage.sh: which lines the unit tests, the command-line tests and the fuzz
# corpora reach. The plugin runs inside QEMU and is covered by the boot tests,
# which this does not count.
set -eu
cd "$(dirname "$0")/.."
command -v gcovr >/dev/null || {
	echo "coverage.sh: gcovr is missing; install the package gcovr" >&2
	exit 1
}
build=$PWD/build-coverage
# Threads count in the same places; gcovr stops at the negative sums of lost updates.
scripts/build.sh "$build" -Db_coverage=true -Dc_args=-fprofile-update=atomic
find "$build" -name '*.gcda' -delete
TEST_JOBS=1 UV_COVERAGE=1 tests/run.sh "$build" tests/cli/*.bats tests/evil/*.bats || true
for program in "$build"/tests/unit/*_test; do
	timeout -k 10 600 "$program" >/dev/null 2>&1 || echo "failed: $program" >&2
done
for target in "$build"/tests/fuzz/*_fuzz; do
	"$target" "tests/fuzz/corpus/$(basename "$target" _fuzz)" >/dev/null
done
gcovr --root . --object-directory "$build" --filter src/ --filter tools/ \
	--sort-uncovered --txt "$build/coverage.txt" --html-details "$build/coverage.html"
cat "$build/coverage.txt"
