#!/bin/sh
# The init of the test guests: says what kind of guest this is, then does what
# the kernel's parameters ask for ("do=reboot do=..."), then switches off. Tests
# look for the NAME=VALUE lines.

mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys

if [ -e /lib/modules/order ]; then
	while read -r module; do
		insmod "/lib/modules/$module" || echo "module_failed=$module"
	done </lib/modules/order
fi

# The disk's first line is what the host wrote; the answer goes to its second block.
use_disk() {
	[ -b /dev/vda ] || return
	echo "disk_read=$(head -n 1 /dev/vda)"
	echo "written by $(uname -r)" | dd of=/dev/vda bs=512 seek=1 conv=fsync 2>/dev/null
	echo "disk_written=$?"
}

# The host answers every connection to 10.0.2.100 with one line.
use_network() {
	ip link set eth0 up
	ip addr add 10.0.2.15/24 dev eth0
	echo "net_read=$(nc -w 5 10.0.2.100 7 </dev/null)"
}

# Fills storage with a mark that stands in no file; only once, which the disk
# remembers. The next guest on this machine must not find it.
leave_mark() {
	[ "$(head -n 1 /dev/vda)" = "no mark yet" ] || return
	echo "mark left" | dd of=/dev/vda conv=fsync 2>/dev/null
	mark=$(printf '%s-%s' left behind)
	yes "$mark" | head -c 60000000 >/run/marks
	echo "marks=$(grep -c "$mark" /run/marks)"
}

show_facts() {
	echo "kernel=$(uname -r)"
	echo "prot_virt_guest=$(cat /sys/firmware/uv/prot_virt_guest 2>/dev/null || echo none)"
	echo "cpus=$(grep -c '^processor' /proc/cpuinfo)"
	echo "cmdline=$(cat /proc/cmdline)"
	[ -e /dev/uv ] && echo "uvdevice=yes" || echo "uvdevice=no"
}

show_facts
for word in $(cat /proc/cmdline); do
	case $word in
	do=disk) use_disk ;;
	do=net) use_network ;;
	do=mark) leave_mark ;;
	do=reboot) echo "init=done"; sync; reboot -f ;;
	do=panic) echo "init=done"; sync; echo c >/proc/sysrq-trigger ;;
	do=wait) echo "init=done"; sleep 1000 ;;
	do=halt) echo "init=done"; halt -f ;;
	esac
done
echo "init=done"

# Nothing may sit in a buffer of the console when the machine goes.
sync
poweroff -f
