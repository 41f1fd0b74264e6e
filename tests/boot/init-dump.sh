#!/bin/sh
# SPDX-License-Identifier: MIT
# The guest of the dump tests: keeps things in storage that stand in no file, says
# that it lives, and does nothing else. What the host looks for is put together
# here, so that no script holds it.
mount -t devtmpfs devtmpfs /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
echo "prot_virt_guest=$(cat /sys/firmware/uv/prot_virt_guest 2>/dev/null || echo none)"

# A page of text, a hundred times.
text=$(printf '%s-%s' page of-text)
yes "$text" | head -c 409600 >/run/text
# A secret that only a process knows.
secret=$(printf '%s-%s-%s' kept by a-process)

echo "init=done"
alive=0
while :; do
	alive=$((alive + 1))
	echo "alive=$alive"
	sleep 1
	[ -n "$secret" ] || exit
done
