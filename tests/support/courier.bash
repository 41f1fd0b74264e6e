# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Guests that do jobs for the host while they run: so an owner's programs on the
# host and the guest's programs can take turns. Two disks carry the jobs and what
# comes of them; the guest's end is tests/boot/init-courier.sh.

COURIER_DISK=4194304
# Seconds that a job may take.
COURIER_LIMIT=${COURIER_LIMIT:-120}

# courier_initrd KERNEL FILE: with the guest's programs
courier_initrd() {
	"$UV_ROOT/scripts/mkinitramfs.sh" -k "$1" -m "uvdevice virtio_blk" \
		-i "$UV_ROOT/tests/boot/init-courier.sh" -o "$2" \
		-f "$UV_BUILD/guest/bin/pvattest:/bin/pvattest" \
		-f "$UV_BUILD/guest/bin/pvinfo:/bin/pvinfo" \
		-f "$UV_BUILD/guest/bin/pvsecret:/bin/pvsecret"
}

# courier_disks NAME: NAME.in and NAME.out, empty; QEMU's options for them in
# COURIER_OPTIONS. From here on, jobs are for this guest.
courier_disks() {
	COURIER=$1
	rm -f "$1.in" "$1.out"
	truncate -s $COURIER_DISK "$1.in" "$1.out"
	# shellcheck disable=SC2034,SC2054 # the caller's; QEMU's commas
	COURIER_OPTIONS=(
		-drive "file=$1.in,format=raw,if=none,id=in"
		-device virtio-blk-ccw,drive=in,serial=in,iommu_platform=on
		-drive "file=$1.out,format=raw,if=none,id=out"
		-device virtio-blk-ccw,drive=out,serial=out,iommu_platform=on
	)
}

# words DISK: those in its first sector
words() {
	head -c 512 "$1" | tr -d '\0'
}

# order WORD: gives the guest its next job, and waits until it is done. (Its number
# is counted on the disk, since a subshell has its own copy of each variable.)
order() {
	local end=$((SECONDS + COURIER_LIMIT)) number last
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
# Prints what it said, ends with its status (255: the guest does not answer);
# result/ has what it left in /result.
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
