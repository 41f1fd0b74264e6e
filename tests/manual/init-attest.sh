#!/bin/sh
# SPDX-License-Identifier: MIT
# The init of the guest of chapter 7: the manual's commands inside the guest, each
# with its exit code; files leave the guest as hexadecimal digits on the console.

mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys

# The module is loaded once; a second time is an error, as with --first-time.
insmod "/lib/modules/$(cat /lib/modules/order)"
echo "row55=$?"
insmod "/lib/modules/$(cat /lib/modules/order)"
echo "row55_again=$?"
ls /dev/uv
echo "row54=$?"
pvattest perform --input attreq.bin --output first.bin
echo "row56=$?"
pvattest perform -i attreq.bin -o attresp.bin
echo "row57=$?"
echo attresp.bin:
xxd -p attresp.bin
echo end.

poweroff -f
