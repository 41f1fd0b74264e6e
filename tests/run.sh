#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh BUILD [BATS-FILE...]
#
# Runs every test, or only the bats files named, a few at a time. Every suite
# speaks TAP; a suite's failures are shown when it ends, its whole output is
# kept in BUILD/test-logs. The last line is the sum: "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 1

build=$(realpath "$1")
shift
logs=$build/test-logs
jobs=${TEST_JOBS:-$(nproc)}
export UV_ROOT=$PWD UV_BUILD=$build PATH=$build/bin:$PATH
export ULTRAVIOLET_CACHE=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ultraviolet}
export ULTRAVIOLET_ENGINE_REQUIRED=1 # make test has fetched it
unset ULTRAVIOLET_MACHINE

is_skip='^(not )?ok .*# skip'

rm -rf "$logs"
mkdir -p "$logs"

# --- the suites: each prints TAP ---------------------------------------------

run_programs() { # FOLDER OF cmocka PROGRAMS
	local program
	for program in "$1"/tests/unit/*_test; do
		echo "# $(basename "$program")"
		CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 600 "$program" 2>&1
		local code=$?
		# cmocka counts failures; anything else is a crash or a sanitizer report.
		if [ $code -ge 124 ] || { [ $code -ne 0 ] && [ $code -gt 60 ]; }; then
			echo "not ok - $(basename "$program") ended with status $code"
		fi
	done
}

suite_unit() {
	run_programs "$build"
}

suite_sanitized() {
	scripts/build.sh "$build-asan" -Db_sanitize=address,undefined -Db_lundef=false ||
		{ echo "not ok - the sanitized build"; return; }
	ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		run_programs "$build-asan"
}

suite_threads() {
	scripts/build.sh "$build-tsan" -Db_sanitize=thread -Db_lundef=false ||
		{ echo "not ok - the thread-sanitized build"; return; }
	TSAN_OPTIONS=halt_on_error=1 run_program_matching "$build-tsan" 'threads'
}

run_program_matching() { # FOLDER PATTERN
	local program
	for program in "$1"/tests/unit/*"$2"*_test; do
		CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 600 "$program" 2>&1 ||
			echo "not ok - $(basename "$program") ended with status $?"
	done
}

suite_fuzz() {
	tests/fuzz/run.sh "${FUZZ_SECONDS:-4}"
}

suite_bats() { # FILE
	timeout -k 10 1800 bats --formatter tap "$1" 2>&1
}

# --- running and counting ------------------------------------------------------

names=()
start_suite() { # NAME COMMAND...
	local name=$1
	shift
	names+=("$name")
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
	{
		local begin=$SECONDS
		"$@" >"$logs/$name.tap" 2>&1 </dev/null
		summarize "$name" $((SECONDS - begin))
	} &
}

count() { # FILE: sets passed, failed, skipped
	# cmocka calls a skipped test "not ok", bats calls it "ok".
	skipped=$(grep -ciE "$is_skip" "$1")
	passed=$(grep -E '^ok ' "$1" | grep -cviE "$is_skip")
	failed=$(grep -E '^not ok ' "$1" | grep -cviE "$is_skip")
}

summarize() { # NAME SECONDS
	local passed failed skipped
	count "$logs/$1.tap"
	printf '%-40s %4d passed %3d failed %3d skipped  %4d s\n' \
		"$1" "$passed" "$failed" "$skipped" "$2"
	if [ "$failed" -gt 0 ] || [ $((passed + skipped)) -eq 0 ]; then
		sed 's/^/    /' "$logs/$1.tap" | tail -n 60
	fi
	grep -iE "$is_skip" "$logs/$1.tap" | sed -E 's/^(not )?ok [0-9]+ /    /'
}

files=("$@")
if [ ${#files[@]} -eq 0 ]; then
	start_suite sanitized suite_sanitized
	start_suite unit suite_unit
	start_suite threads suite_threads
	start_suite fuzz suite_fuzz
	files=(tests/boot/*.bats tests/manual/*.bats tests/interop/*.bats tests/evil/*.bats tests/cli/*.bats)
fi
for file in "${files[@]}"; do
	[ -f "$file" ] || continue
	name=${file#tests/}
	name=${name%.bats}
	start_suite "${name//\//-}" suite_bats "$file"
done
wait

total_passed=0 total_failed=0 total_skipped=0
for name in "${names[@]}"; do
	count "$logs/$name.tap"
	# A suite that printed no result at all is a failure, not a silence.
	[ $((passed + failed + skipped)) -gt 0 ] || failed=1
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	total_skipped=$((total_skipped + skipped))
done
echo "Logs: $logs"
echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
[ "$total_failed" -eq 0 ] && [ "$total_passed" -gt 0 ]
