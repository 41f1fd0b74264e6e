# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Boot tests of guests that do jobs for the host. To be loaded after boot.bash.

load ../support/courier

# courier_require KERNEL: as boot_require, and the guest's programs are needed too.
courier_require() {
	boot_require "$1"
	[ ! -x "$UV_BUILD/guest/bin/pvsecret" ] || return 0
	[ -z "${ULTRAVIOLET_ENGINE_REQUIRED:-}" ] || { echo "missing: the guest's programs"; return 1; }
	skip "not there: the guest's programs (make setup, make)"
}

# courier_image FILE KERNEL MACHINE [PVIMG-OPTION...]: made once
courier_image() {
	local file=$1 kernel=$2 machine=$3
	shift 3
	[ ! -e "$file" ] || return 0
	[ -e "courier-$kernel" ] || courier_initrd "$kernel" "courier-$kernel" || return 1
	echo 'console=ttysclp0' >"$file.parm"
	pvimg create --no-verify -k "$(hkd "$machine")" -r "courier-$kernel" -p "$file.parm" \
		-i "$UV_CACHE/guests/$kernel/vmlinuz" -o "$file" "$@" >/dev/null
}

# courier_start NAME MACHINE IMAGE [QEMU-OPTION...]
courier_start() {
	courier_disks "$1"
	start_guest "$@" "${COURIER_OPTIONS[@]}"
	wait_for "$1.console" courier=ready
	echo "# $1: $(sed -n 's/^kernel=//p' "$1.console" | tr -d '\r')" >&3
}

# courier_reboot: the guest starts again; its disks stay.
courier_reboot() {
	local before
	before=$(count "$COURIER.console" courier=ready)
	order reboot
	wait_for "$COURIER.console" courier=ready $((before + 1))
}

# inject CALL:CC:TIMES: guests from now on have a QEMU whose plugin makes the next
# calls of one kind (or any) end with this condition code.
inject() {
	cat >qemu-inject <<-END
		#!/bin/bash
		arguments=()
		for argument; do
			case \$argument in *ultraviolet.so,*) argument+=,inject=$1 ;; esac
			arguments+=("\$argument")
		done
		exec $UV_CACHE/engine/qemu-system-s390x "\${arguments[@]}"
	END
	chmod +x qemu-inject
	export ULTRAVIOLET_QEMU=$PWD/qemu-inject
}

# succeeds, fails_with STATUS [TEXT]: about bats' run
# shellcheck disable=SC2154 # bats sets them
succeeds() {
	[ "$status" -eq 0 ] || { echo "status $status"; echo "$output"; return 1; }
}

fails_with() {
	[ "$status" -eq "$1" ] || { echo "status $status, not $1"; echo "$output"; return 1; }
	contains "${2:-}"
}
