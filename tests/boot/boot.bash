# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the boot tests share: machines, images, guests in the foreground and in
# the background. To be loaded by bats files; everything lies in
# $BATS_FILE_TMPDIR, and every QEMU runs under a time limit.

bats_require_minimum_version 1.5.0

# Seconds a guest may take: many times what it needs on a free machine.
BOOT_LIMIT=${BOOT_LIMIT:-120}

# boot_prepare: to be called by setup_file.
boot_prepare() {
	export UV_ROOT=${UV_ROOT:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	export UV_BUILD=${UV_BUILD:-$UV_ROOT/build}
	export PATH=$UV_BUILD/bin:$PATH
	export UV_CACHE=${ULTRAVIOLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ultraviolet}
	export XDG_RUNTIME_DIR=$BATS_FILE_TMPDIR/run
	unset ULTRAVIOLET_MACHINE ULTRAVIOLET_QEMU
	mkdir -m 700 -p "$XDG_RUNTIME_DIR"
	cd "$BATS_FILE_TMPDIR" || return 1
}

# boot_require KERNEL: skips the test without QEMU or this guest kernel, unless
# the environment says that they have to be there.
boot_require() {
	local lacking=
	cd "$BATS_FILE_TMPDIR" || return 1
	[ -x "$UV_CACHE/engine/qemu-system-s390x" ] || lacking="QEMU (scripts/engine.sh)"
	[ -e "$UV_CACHE/guests/$1/vmlinuz" ] || lacking="the guest kernel '$1' (scripts/guests.sh)"
	[ -n "$lacking" ] || return 0
	[ -z "${ULTRAVIOLET_ENGINE_REQUIRED:-}" ] || { echo "missing: $lacking"; return 1; }
	skip "not there: $lacking"
}

# machine NAME [OPTION...]: a machine in the folder NAME; all share one CA, which
# is what takes time to make.
machine() {
	local name=$1
	shift
	[ -d "$name" ] || ultraviolet machine create "$name" --ca test-ca "$@" >/dev/null
}

# hkd NAME: the machine's host key document
hkd() {
	echo "$1"/HKD-????-?????.crt
}

# initrd KERNEL: makes initrd-KERNEL once
initrd() {
	[ -e "initrd-$1" ] ||
		"$UV_ROOT/scripts/mkinitramfs.sh" -k "$1" -m "uvdevice virtio_blk virtio_net" \
			-i "$UV_ROOT/tests/boot/init-actions.sh" -o "initrd-$1"
}

# image FILE KERNEL PARAMETERS MACHINE...: an encrypted image for the machines
image() {
	local file=$1 kernel=$2 parameters=$3 machine
	local -a documents=()
	shift 3
	[ ! -e "$file" ] || return 0
	for machine; do
		documents+=(-k "$(hkd "$machine")")
	done
	initrd "$kernel" || return 1
	printf 'console=ttysclp0 %s' "$parameters" >"$file.parm"
	pvimg create --no-verify "${documents[@]}" -i "$UV_CACHE/guests/$kernel/vmlinuz" \
		-r "initrd-$kernel" -p "$file.parm" -o "$file" >/dev/null
}

# run_guest MACHINE IMAGE [QEMU-OPTION...]: until it ends; for bats' run.
# Standard output and error together, without CRs.
run_guest() {
	local machine=$1 image=$2
	shift 2
	timeout -k 5 "$BOOT_LIMIT" ultraviolet run ${RUN_OPTIONS:-} --machine "$machine" -- \
		-m 512 -nographic -no-reboot -kernel "$image" "$@" </dev/null 2>&1 | tr -d '\r\0'
	return "${PIPESTATUS[0]}"
}

# start_guest NAME MACHINE IMAGE [QEMU-OPTION...]: in the background, console in
# NAME.console, everything else in NAME.log, QMP on descriptors for qmp().
start_guest() {
	local name=$1 machine=$2 image=$3
	shift 3
	rm -f "$name.console" "$name.fifo"
	mkfifo "$name.fifo"
	timeout -k 5 "$BOOT_LIMIT" ultraviolet run ${RUN_OPTIONS:-} --name "$name" --machine "$machine" -- \
		-m 512 -display none -nodefaults -chardev "file,id=con,path=$name.console" \
		-device sclpconsole,chardev=con -qmp stdio -kernel "$image" "$@" \
		<"$name.fifo" >"$name.log" 2>&1 3>&- &
	GUEST_PID=$!
	exec {QMP_FD}>"$name.fifo"
	qmp qmp_capabilities
}

# qmp COMMAND [ARGUMENTS]: the arguments as a JSON object
qmp() {
	printf '{"execute": "%s", "arguments": %s}\n' "$1" "${2:-{\}}" >&"$QMP_FD"
}

# save_storage NAME FILE ANSWERS: the guest's 512 MiB of storage to FILE; QMP has
# then given so many answers in all
save_storage() {
	qmp pmemsave "{\"val\": 0, \"size\": 536870912, \"filename\": \"$PWD/$2\"}"
	wait_for "$1.log" '"return": \{\}' "$3"
	[ "$(stat -c %s "$2")" -eq 536870912 ]
}

# stop_guest: ends the guest of start_guest
stop_guest() {
	[ -n "${GUEST_PID:-}" ] || return 0
	kill "$GUEST_PID" 2>/dev/null || true
	wait "$GUEST_PID" || true
	exec {QMP_FD}>&-
	GUEST_PID=
}

# wait_for FILE PATTERN [COUNT]: until so many lines of FILE match
wait_for() {
	local end=$((SECONDS + BOOT_LIMIT))
	while [ "$(count "$1" "$2")" -lt "${3:-1}" ]; do
		if [ $SECONDS -ge $end ]; then
			echo "not in $1: ${3:-1} times $2"
			tail -n 30 "$1" || true
			return 1
		fi
		sleep 0.1
	done
}

# count FILE PATTERN: lines that match; 0 when there is no such file yet
count() {
	local lines
	lines=$(grep -acE "$2" "$1" 2>/dev/null) || true
	echo "${lines:-0}"
}

# contains TEXT: in $output of bats' run
contains() {
	[[ $output == *"$1"* ]] || { echo "missing: $1"; echo "$output" | tail -n 40; return 1; }
}

lacks() {
	[[ $output != *"$1"* ]] || { echo "not expected: $1"; echo "$output" | tail -n 40; return 1; }
}

# runs_protected: the guest of bats' run came up as a protected one
runs_protected() {
	contains "prot_virt_guest=1" && contains "init=done" && [ "$status" -eq 0 ]
}

# flip FILE OFFSET: changes one bit
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf '%03o' $((byte ^ 1)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
