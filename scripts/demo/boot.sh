#!/bin/bash
# SPDX-License-Identifier: MIT
# boot.sh FOLDER: a machine, an image for it, a protected boot.
set -eu
. "$UV_ROOT/scripts/demo/lib.sh"
cd "$1"

title "1. A machine: host key, host key document, certificate authority (all simulated)"
show ultraviolet machine create machine --generation z16 --port $((20000 + RANDOM % 10000))
show ultraviolet machine show machine
hkd=$(echo machine/HKD-*.crt)

title "2. An encrypted image for that machine, out of Debian's unmodified kernel"
cp "$UV_GUESTS/trixie/vmlinuz" vmlinuz
"$UV_ROOT/scripts/mkinitramfs.sh" -k trixie -i "$UV_ROOT/scripts/demo/init-boot.sh" \
	-m virtio_blk -o initrd.img
printf 'console=ttysclp0 panic=1 secret=only-the-guest-may-read-this' >parmfile
# The certificates' revocation lists are fetched from where they say: loopback.
start_server machine
export XDG_CACHE_HOME=$PWD/cache
show pvimg create -i vmlinuz -r initrd.img -p parmfile -o secure-linux -k "$hkd" \
	--cert machine/ca/ibm-z-host-key-signing.crt --cert machine/ca/DigiCertCA.crt \
	--root-ca machine/ca/rootCA.crt
proven "the host key document was verified up to its root, with revocation lists"
if grep -q only-the-guest-may-read-this secure-linux; then
	echo "the command line stands readable in the image" >&2
	exit 1
fi
proven "the image holds no readable trace of the guest's command line"
show pvimg info --format text secure-linux

title "3. The protected boot, on stock QEMU with the software ultravisor"
printf 'data that the guest reads from its disk\n' >disk.img
truncate -s 1M disk.img
show timeout -k 5 120 ultraviolet run --name "demo-$$" --machine machine -- \
	-m 1G -smp 2 -nographic -no-reboot -kernel secure-linux \
	-drive file=disk.img,format=raw,if=none,id=d0 \
	-device virtio-blk-ccw,drive=d0,iommu_platform=on </dev/null | tee console.log

tr -d '\r' <console.log >console.txt
expect '^prot_virt_guest=1$' console.txt "an unmodified Debian kernel runs protected (prot_virt_guest=1)"
expect '^disk=data that the guest reads' console.txt "it read its disk through shared bounce buffers"
expect '^bounce_buffers=[1-9]' console.txt "its kernel forced bounce buffers, as on a real machine"
expect '^cmdline=.*only-the-guest' console.txt "it saw the command line out of the encrypted image"

title "4. The same image with one bit changed in the kernel"
cp secure-linux changed
printf '\377' | dd of=changed bs=1 seek=$((0x200000)) conv=notrunc status=none
cmp -s secure-linux changed && printf '\376' | dd of=changed bs=1 seek=$((0x200000)) conv=notrunc status=none
show timeout -k 5 120 ultraviolet run --name "demo-$$" --machine machine -- \
	-m 1G -nographic -no-reboot -kernel changed </dev/null >changed.log 2>&1 || true
tail -n 12 changed.log
if grep -q 'prot_virt_guest' changed.log; then
	echo "the changed image started" >&2
	exit 1
fi
expect '0x0*102|0x0*a02' changed.log "a changed image does not start, and the reason is named"
