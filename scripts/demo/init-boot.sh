#!/bin/sh
# SPDX-License-Identifier: MIT
# The guest of the demo: says where it runs, reads a disk, powers off.
mount -t devtmpfs devtmpfs /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
while read -r module; do
	insmod "/lib/modules/$module"
done </lib/modules/order
echo
echo "--- the guest speaks"
echo "kernel=$(uname -r)"
echo "prot_virt_guest=$(cat /sys/firmware/uv/prot_virt_guest)"
echo "cpus=$(nproc)"
echo "cmdline=$(cat /proc/cmdline)"
# Through virtio-blk: the device can reach only the pages that the guest shares.
echo "disk=$(head -n 1 /dev/vda)"
echo "bounce_buffers=$(dmesg | grep -c 'software IO TLB: mapped')"
echo "--- the guest powers off"
poweroff -f
