#!/bin/sh
# SPDX-License-Identifier: MIT
# The guest of the demo of dumps: keeps text in storage, and says that it lives.
mount -t devtmpfs devtmpfs /dev
exec </dev/console >/dev/console 2>&1
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
text=$(printf '%s-%s' page of-text)
yes "$text" | head -c 409600 >/run/text
echo "guest=ready"
alive=0
while :; do
	alive=$((alive + 1))
	echo "alive=$alive"
	sleep 1
done
