#!/bin/sh
# SPDX-License-Identifier: MIT
# Init of the guest that runs zipl on /dev/vda (see zipl-disk.sh): mounts the file
# system that is there, runs zipl on it, says how it went, switches off.

mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys

while read -r module; do
	insmod "/lib/modules/$module" || echo "module_failed=$module"
done </lib/modules/order

mount -t ext4 /dev/vda /mnt || echo "mount_failed"
# mke2fs left holes where the files are zero, and zipl 2.35 does not always map those.
for file in vmlinuz initrd; do
	[ ! -e "/mnt/$file" ] || cat "/mnt/$file" >"/mnt/whole-$file"
done
sync
# shellcheck disable=SC2046 # a list of words
zipl $(cat /mnt/zipl-options)
echo "zipl=$?"

umount /mnt
sync
poweroff -f
