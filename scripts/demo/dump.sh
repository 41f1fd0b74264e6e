#!/bin/bash
# SPDX-License-Identifier: MIT
# dump.sh FOLDER: the dump of a protected guest, of use to its owner alone.
set -eu
. "$UV_ROOT/scripts/demo/lib.sh"
cd "$1"

secret=only-the-owner-may-read-this
guest=

# The guest ends with this script, however that ends.
trap '[ -z "$guest" ] || kill "$guest" 2>/dev/null || true' EXIT

title "1. An image that allows dumps, with a customer communication key of the owner's"
ultraviolet machine create machine --generation z16
hkd=$(echo machine/HKD-*.crt)
show openssl rand -out owner.cck 32
"$UV_ROOT/scripts/mkinitramfs.sh" -k trixie -i "$UV_ROOT/scripts/demo/init-dump.sh" -o initrd.img
printf 'console=ttysclp0 secret=%s' $secret >parmfile
show pvimg create -i "$UV_GUESTS/trixie/vmlinuz" -r initrd.img -p parmfile -o secure-linux \
	-k "$hkd" --no-verify --enable-dump --cck owner.cck

title "2. The host runs the guest, and dumps it"
timeout -k 5 120 ultraviolet run --name "dump-$$" --machine machine -- \
	-m 1G -smp 2 -display none -nodefaults -chardev file,id=console,path=console.log \
	-device sclpconsole,chardev=console -kernel secure-linux </dev/null >guest.log 2>&1 &
guest=$!
for ((i = 0; i < 600; i++)); do
	grep -aqs '^guest=ready' console.log && break
	sleep 0.1
done
show ultraviolet dump "dump-$$" guest.dump
before=$(grep -ac '^alive=' console.log)
sleep 2.5
[ "$(grep -ac '^alive=' console.log)" -gt "$before" ]
proven "a protected guest was dumped while it ran, and went on afterwards"
show zgetdump --info --key owner.cck guest.dump

title "3. What the host finds in the dump: nothing"
for text in $secret page-of-text "Linux version"; do
	printf '$ grep -c "%s" guest.dump\n' "$text"
	if grep -ac "$text" guest.dump; then
		echo "the dump shows the guest's storage" >&2
		exit 1
	fi
done
proven "the dump shows nothing of command line, files or kernel to whoever took it"

title "4. What the owner finds in it, with the key: everything"
show zgetdump --key owner.cck guest.dump plain.elf
for text in $secret page-of-text "Linux version"; do
	printf '$ grep -c "%s" plain.elf\n' "$text"
	grep -ac "$text" plain.elf
done
readelf -nW plain.elf 2>/dev/null | grep -o 'NT_[A-Z0-9_]*' | sort | uniq -c
proven "zgetdump --key makes an ordinary dump of it: command line, files, registers"

title "5. Another key opens nothing"
openssl rand -out other.cck 32
if show zgetdump --key other.cck guest.dump never.elf; then
	echo "another key opened the dump" >&2
	exit 1
fi
proven "another key opens nothing"
kill "$guest"
wait "$guest" || true
guest=
