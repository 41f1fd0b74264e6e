#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The ultravisor as guests see it: the payloads of guest/payload, each a small
# s390x program that runs in the place of Linux and prints TAP. A test here is
# good when a payload reached its end and every one of its tests was ok. See
# docs/reference/ultravisor-calls.md, "What the payloads check".

load boot
load payload

GENERATIONS="z15 z16 z17"

setup_file() {
	local generation
	boot_prepare
	[ -x "$UV_CACHE/engine/qemu-system-s390x" ] || return 0
	for generation in $GENERATIONS; do
		machine "$generation" --generation "$generation"
	done
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	# One test makes what it needs in a folder of its own.
	mkdir -p "$BATS_TEST_NUMBER"
}

teardown() {
	stop_guest
}

# payload_image NAME GENERATION PARAMETERS: the path of a protected image that
# enters the payload with the very PSW of its header.
payload_image() {
	local file=$BATS_TEST_NUMBER/$1-$2
	payload_file "$1" "generation=$2 stage3b=$(wc -c <"$UV_BUILD/guest/bin/stage3b_reloc.bin") $3" \
		>"$file.kernel"
	pvimg create -qq --overwrite --no-verify --no-component-check -k "$(hkd "$2")" \
		--x-psw "$ENTRY" -i "$file.kernel" -o "$file" || return 1
	echo "$file"
}

# passes NAME CPUS: as protected guest, on each generation.
passes() {
	local name=$1 cpus=$2 generation image
	payload_require "$name"
	for generation in $GENERATIONS; do
		image=$(payload_image "$name" "$generation" "cpus=$cpus") || return 1
		run run_guest "$generation" "$image" -smp "$cpus" -d guest_errors
		judge "$name, $generation, $cpus CPUs" || return 1
		contains "PSW: 0x0002000080000000 0x000000000000600d"
	done
}

# lingers NAME GENERATION CPUS: runs the payload in the background until its
# results are out; then it is looked at from outside.
lingers() {
	local image
	payload_require "$1"
	image=$(payload_image "$1" "$2" "cpus=$3 end=linger") || return 1
	start_guest "$1" "$2" "$image" -smp "$3"
	wait_for "$1.console" '^1\.\.[0-9]+|^Bail out!'
	run tr -d '\r' <"$1.console"
	judge "$1, $2, $3 CPUs"
}

# --- The state at the start -----------------------------------------------------------

@test "registers, storage and CPUs at the start, one CPU" {
	passes start 1
}

@test "registers, storage and CPUs at the start, four CPUs" {
	passes start 4
}

@test "registers and storage at the start, 3 GiB" {
	local image
	payload_require start
	image=$(payload_image start z16 "cpus=2 storage=3072")
	run run_guest z16 "$image" -smp 2 -m 3G
	judge start
}

# --- Instructions ------------------------------------------------------------------------

@test "facilities" {
	passes stfle 4
}

# With QEMU 11.1, where PCKMO has its query and no other function, this says that
# guests cannot make protected keys; with another one, that they make those that the
# image allows.
@test "functions of PCKMO, by the flags of the image" {
	local flags pcf option image
	payload_require pckmo
	for flags in "224 --enable-pckmo" "0 --disable-pckmo" "240 --enable-pckmo-hmac"; do
		read -r pcf option <<<"$flags"
		payload_file pckmo "pcf=$pcf" >pckmo.kernel
		image=$BATS_TEST_NUMBER/pckmo$option
		pvimg create -qq --overwrite --no-verify --no-component-check -k "$(hkd z17)" \
			"$option" --x-psw "$ENTRY" -i pckmo.kernel -o "$image"
		run run_guest z17 "$image"
		judge "$option"
		contains "no function that the image forbids"
	done
}

@test "facilities of a normal guest" {
	payload_require stfle
	run run_guest z16 "$(plain_picture stfle guest=normal)" -smp 2
	judge "normal guest"
	contains "facility 161"
}

@test "facilities of a guest that cannot become protected" {
	payload_require stfle
	RUN_OPTIONS=--normal run run_guest z16 "$(plain_picture stfle guest=never)" -smp 2
	judge "guest that cannot become protected"
}

@test "UVC: operands, ways to execute it, refusals" {
	passes operands 1
}

@test "UVC with DAT on: home space, access exceptions" {
	passes access 1
}

@test "UVC and DIAGNOSE 308 of a normal guest" {
	payload_require normal
	run run_guest z16 "$(plain_picture normal "")" -smp 2
	judge "normal guest"
	contains "the protected start is refused: set-parameters"
}

@test "UVC and DIAGNOSE 308 of a guest that cannot become protected" {
	payload_require normal
	RUN_OPTIONS=--normal run run_guest z16 "$(plain_picture normal guest=never)"
	judge "guest that cannot become protected"
}

@test "DIAGNOSE 308 of a protected guest" {
	passes diag 1
}

# --- Calls ---------------------------------------------------------------------------------

@test "calls: query, sizes, unknown ones, sharing" {
	passes calls 1
}

@test "calls: what is shared at the end is what the machine shows" {
	lingers calls z16 1
	run ultraviolet status calls
	contains "pages-shared         1"
	run ultraviolet shared-pages calls
	[ "${#lines[@]}" -eq 1 ]
}

# --- Reset -----------------------------------------------------------------------------------

@test "reset within protected state, one CPU" {
	passes reset 1
}

@test "reset within protected state, four CPUs that share pages meanwhile" {
	passes reset 4
}

@test "every reset unshares all pages first, then prepares" {
	local image calls resets=24
	payload_require reset
	image=$(payload_image reset z16 "")
	RUN_OPTIONS=--trace run run_guest z16 "$image" -smp 4
	judge reset
	calls=$(grep -oE '"call":"(unshare-all|prepare-reset)".*"rc":"0x[0-9a-f]*"' <<<"$output" |
		sed -E 's/"call":"([a-z-]*)".*"rc":"(.*)"/\1 \2/')
	[ "$calls" = "$(for ((i = 0; i < resets; i++)); do
		echo "unshare-all 0x0001"
		echo "prepare-reset 0x0001"
	done)" ] || { echo "$calls" | sort | uniq -c; return 1; }
}

@test "after a reset only what was shared since is shared" {
	lingers reset z16 4
	run ultraviolet status reset
	contains "pages-shared         1"
	contains "protected-starts     1"
	contains "resets               0"
}

# --- Several CPUs ----------------------------------------------------------------------------

@test "races: four CPUs change blocks and tables, share, and are interrupted" {
	passes races 4
}

@test "races: the shared pages are exactly those that were left shared" {
	lingers races z17 4
	run ultraviolet status races
	contains "pages-shared         512"
	run ultraviolet shared-pages races
	[ "${#lines[@]}" -eq 128 ]
	[ "$(awk '{ print $2 }' <<<"$output" | sort -u)" = 4 ]
	contains "0x0000000004000000"
}
