#!/bin/sh
# The smallest useful init of a test guest: say what kind of guest this is,
# then switch off.  Tests look for the NAME=VALUE lines.

# The kernel found no /dev/console in the initramfs, so nothing is open yet.
mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys

if [ -e /lib/modules/order ]; then
	while read -r module; do
		insmod "/lib/modules/$module" || echo "module_failed=$module"
	done </lib/modules/order
fi

echo "kernel=$(uname -r)"
if [ -e /sys/firmware/uv/prot_virt_guest ]; then
	echo "prot_virt_guest=$(cat /sys/firmware/uv/prot_virt_guest)"
else
	echo "prot_virt_guest=unknown"
fi
echo "cpus=$(grep -c '^processor' /proc/cpuinfo)"
for disk in /sys/block/*; do
	[ -e "$disk" ] && echo "disk=${disk##*/}"
done
[ -e /dev/uv ] && echo "uvdevice=yes" || echo "uvdevice=no"
echo "init=done"

# Nothing may sit in a buffer of the console when the machine goes.
sync
poweroff -f
