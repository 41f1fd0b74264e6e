# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Guests that do jobs for the host while they run: so an owner's programs on the
# host and the guest's programs can take turns. The guest's end is
# init-courier.sh. To be loaded after boot.bash.

COURIER_DISK=4194304

# courier_require KERNEL: as boot_require, and the guest's programs are needed too.
courier_require() {
	boot_require "$1"
	[ ! -x "$UV_BUILD/guest/bin/pvsecret" ] || return 0
	[ -z "${ULTRAVIOLET_ENGINE_REQUIRED:-}" ] || { echo "missing: the guest's programs"; return 1; }
	skip "not there: the guest's programs (make setup, make)"
}

courier_initrd() { # KERNEL
	[ -e "courier-$1" ] ||
		"$UV_ROOT/scripts/mkinitramfs.sh" -k "$1" -m "uvdevice virtio_blk" \
			-i "$UV_ROOT/tests/boot/init-courier.sh" -o "courier-$1" \
			-f "$UV_BUILD/guest/bin/pvattest:/bin/pvattest" \
			-f "$UV_BUILD/guest/bin/pvinfo:/bin/pvinfo" \
			-f "$UV_BUILD/guest/bin/pvsecret:/bin/pvsecret"
}

# courier_image FILE KERNEL MACHINE [PVIMG-OPTION...]: made once
courier_image() {
	local file=$1 kernel=$2 machine=$3
	shift 3
	[ ! -e "$file" ] || return 0
	courier_initrd "$kernel" || return 1
	echo 'console=ttysclp0' >"$file.parm"
	pvimg create --no-verify -k "$(hkd "$machine")" -r "courier-$kernel" -p "$file.parm" \
		-i "$UV_CACHE/guests/$kernel/vmlinuz" -o "$file" "$@" >/dev/null
}

# courier_start NAME MACHINE IMAGE [QEMU-OPTION...]
courier_start() {
	COURIER=$1
	rm -f "$1.in" "$1.out"
	truncate -s $COURIER_DISK "$1.in" "$1.out"
	start_guest "$@" \
		-drive "file=$1.in,format=raw,if=none,id=in" \
		-device virtio-blk-ccw,drive=in,serial=in,iommu_platform=on \
		-drive "file=$1.out,format=raw,if=none,id=out" \
		-device virtio-blk-ccw,drive=out,serial=out,iommu_platform=on
	wait_for "$1.console" courier=ready
	echo "# $1: $(sed -n 's/^kernel=//p' "$1.console" | tr -d '\r')" >&3
}

# words DISK: those in its first sector
words() {
	head -c 512 "$1" | tr -d '\0'
}

# order WORD: gives the guest its next job, and waits until it is done. (Its number
# is counted on the disk, since bats' run has its own copy of each variable.)
order() {
	local end=$((SECONDS + BOOT_LIMIT)) number last
	read -r _ last < <(words "$COURIER.in") || true
	printf '%s %s\n' "$1" $((${last:-0} + 1)) |
		dd of="$COURIER.in" bs=512 conv=sync,notrunc status=none
	while :; do
		read -r _ number JOB_STATUS < <(words "$COURIER.out") || true
		[ "${number:-0}" -le "${last:-0}" ] || return 0
		if [ $SECONDS -ge $end ]; then
			echo "not done: $1 $((${last:-0} + 1))"
			tail -n 30 "$COURIER.console" "$COURIER.log"
			return 1
		fi
		sleep 0.1
	done
}

# job SCRIPT [FILE...]: runs the script in the guest, beside copies of the files.
# For bats' run: prints what it said, ends with its status; result/ has what
# it left in /result.
job() {
	local script=$1
	shift
	rm -rf job result
	mkdir job result
	printf '%s\n' "$script" >job/run.sh
	[ $# -eq 0 ] || cp "$@" job/
	tar -C job -cf job.tar .
	dd if=job.tar of="$COURIER.in" bs=512 seek=1 conv=notrunc status=none
	order job || return 255
	dd if="$COURIER.out" bs=512 skip=1 status=none | tar -C result -x
	cat result/said
	return "$JOB_STATUS"
}

# courier_reboot: the guest starts again; its disks stay.
courier_reboot() {
	local before
	before=$(count "$COURIER.console" courier=ready)
	order reboot
	wait_for "$COURIER.console" courier=ready $((before + 1))
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
