#!/bin/sh
# SPDX-License-Identifier: MIT
# The init of test guests that talk with the host while they run. The host puts
# jobs onto the first disk, the guest its results onto the second; see
# tests/support/courier.bash, which has the other end.
#
# Both disks: one sector with words ("job NUMBER"; "done NUMBER STATUS"), then a
# tar archive. A job is a script run.sh with whatever files it needs; it leaves its
# results in /result.

mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys

while read -r module; do
	insmod "/lib/modules/$module" || echo "module_failed=$module"
done </lib/modules/order
echo "kernel=$(uname -r)"
echo "prot_virt_guest=$(cat /sys/firmware/uv/prot_virt_guest)"

# disk SERIAL: its node. When it comes, and which comes first, is chance.
disk() {
	while ! file=$(grep -lx "$1" /sys/block/vd?/serial 2>/dev/null); do
		sleep 0.1
	done
	echo "/dev/$(basename "$(dirname "$file")")"
}

# words DISK: of its first sector. The host writes behind this kernel's back.
words() {
	echo 3 >/proc/sys/vm/drop_caches
	dd if="$1" bs=512 count=1 2>/dev/null | tr -d '\0'
}

do_job() {
	rm -rf /job /result
	mkdir /job /result
	dd if="$in" bs=512 skip=1 2>/dev/null | tar -C /job -x
	cd /job || return
	sh ./run.sh >/result/said 2>&1
	status=$?
	cd /
	tar -C /result -cf /result.tar .
	dd if=/result.tar of="$out" bs=512 seek=1 conv=fsync 2>/dev/null
}

finish() { # NUMBER STATUS
	printf 'done %s %s\n' "$1" "$2" | dd of="$out" bs=512 conv=sync,fsync 2>/dev/null
	echo "job $1: status $2"
}

in=$(disk in)
out=$(disk out)
# From here on without a message each time.
echo 4 >/proc/sys/vm/drop_caches
# What was done before a reboot is not done again.
last=$(words "$out" | cut -d ' ' -f 2)
echo "courier=ready"
while :; do
	read -r word number <<-END
		$(words "$in")
	END
	if [ "${number:-0}" -le "${last:-0}" ]; then
		sleep 0.1
		continue
	fi
	last=$number
	case $word in
	job)
		do_job
		finish "$number" "$status" ;;
	reboot)
		finish "$number" 0
		reboot -f ;;
	off)
		finish "$number" 0
		poweroff -f ;;
	esac
done
