#!/bin/sh
# SPDX-License-Identifier: MIT
# Init of guests started by Secure IPL: says what the kernel has understood of it,
# then does as the command line says: do=wait, or do=reboot until it has been started
# boots=COUNT times (the disk with the serial number "count" counts), to=DEVICE from
# another device than before.

mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys

if [ -e /lib/modules/order ]; then
	while read -r module; do
		insmod "/lib/modules/$module" || echo "module_failed=$module"
	done </lib/modules/order
fi

words=
boots=1
to=
# shellcheck disable=SC2013 # words it is
for word in $(cat /proc/cmdline); do
	case $word in
	do=*) words=${word#do=} ;;
	boots=*) boots=${word#boots=} ;;
	to=*) to=${word#to=} ;;
	esac
done

echo "secure=$(cat /sys/firmware/ipl/secure)"
echo "has_secure=$(cat /sys/firmware/ipl/has_secure)"
echo "ipl_type=$(cat /sys/firmware/ipl/ipl_type)"
echo "protected=$(cat /sys/firmware/uv/prot_virt_guest 2>/dev/null)"
echo "cpus=$(grep -c '^processor' /proc/cpuinfo)"
dmesg | grep -E 'Secure-IPL|signed[,)]|integrity: Loaded X.509 cert' | sed 's/^\[[^]]*\] */log: /'

case $words in
wait)
	echo "init=waiting"
	while :; do sleep 1; done
	;;
reboot)
	counter=
	for disk in /sys/block/vd*; do
		[ "$(cat "$disk/serial")" != count ] || counter=/dev/${disk##*/}
	done
	count=$(head -c 1 "$counter")
	case $count in
	[0-9]) ;;
	*) count=0 ;;
	esac
	count=$((count + 1))
	echo "boot=$count"
	if [ "$count" -lt "$boots" ]; then
		printf '%s' "$count" | dd of="$counter" bs=512 conv=sync 2>/dev/null
		if [ -n "$to" ]; then
			echo "$to" >/sys/firmware/reipl/ccw/device
			echo ccw >/sys/firmware/reipl/reipl_type
		fi
		sync
		reboot -f
	fi
	;;
esac
echo "init=done"
sync
poweroff -f
