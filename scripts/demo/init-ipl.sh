#!/bin/sh
# SPDX-License-Identifier: MIT
# The guest of the demo's part "ipl": says how it was started, powers off.
mount -t devtmpfs devtmpfs /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
echo
echo "--- the guest speaks"
echo "kernel=$(uname -r)"
echo "/sys/firmware/ipl/secure=$(cat /sys/firmware/ipl/secure)"
dmesg | grep -E 'Secure-IPL|signed[,)]|integrity: Loaded X.509' | sed 's/^\[[^]]*\] //'
echo "--- the guest powers off"
poweroff -f
