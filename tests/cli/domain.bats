#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ultraviolet run --domain and domcapabilities: the domain XMLs of tests/domains, and
# what is no domain for here. Nothing is started.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0

setup() {
	export DOMAINS=$UV_ROOT/tests/domains
	unset ULTRAVIOLET_MACHINE
	cd "$BATS_TEST_TMPDIR" || return 1
}

# options FILE [OPTION...]: what QEMU would get; remarks in $stderr
options() {
	run --separate-stderr ultraviolet run --dry-run --domain "$@"
}

# gives NAME: the options of that domain are those on standard input
gives() {
	options "$DOMAINS/$1.xml"
	[ "$status" -eq 0 ] || { echo "$stderr"; return 1; }
	diff -u - <(printf '%s\n' "$output")
}

# refuses WORDS...: standard error has each of them, and nothing is printed
refuses() {
	local words
	[ "$status" -eq 1 ] && [ -z "$output" ]
	for words; do
		[[ $stderr == *"$words"* ]] || { echo "missing: $words"; echo "$stderr"; return 1; }
	done
}

# --- What the documentation shows ------------------------------------------------

@test "secure boot as first proposed" {
	gives boot-certs-proposal <<-'END'
		-name
		guest=signed-guest
		-machine
		type=s390-ccw-virtio-9.2,secure-boot=on,boot-certs.0.path=/etc/pki/boot/cert.pem,boot-certs.1.path=/home/me/certs
		-display
		none
		-nodefaults
		-smp
		cpus=1
		-m
		size=2048M
		-drive
		file=/var/lib/guests/signed.img,format=raw,if=none,id=drive-vda
		-device
		virtio-blk-ccw,id=vda,drive=drive-vda,bootindex=1
	END
	[ -z "$stderr" ]
}

@test "secure boot as in the later series" {
	gives boot-certs-series <<-'END'
		-name
		guest=audited-guest
		-machine
		'type=s390-ccw-virtio,secure-boot=off,boot-certs.0.path=/etc/pki/boot/cert.pem,boot-certs.1.path=/home/me/certs,, new'
		-display
		none
		-nodefaults
		-smp
		cpus=1
		-m
		size=2048M
		-drive
		file=/var/lib/guests/signed.img,format=raw,if=none,id=drive-vda
		-device
		virtio-blk-ccw,id=vda,drive=drive-vda,bootindex=1,loadparm=2
	END
}

@test "secure boot of x86 is refused by name" {
	options "$DOMAINS/x86-secure-boot.xml"
	refuses "line 5: <os firmware='efi'>: what can be had: s390-ccw-bios" \
		"line 6: <type arch='x86_64'>: what can be had: s390x" \
		"line 8: <feature name='enrolled-keys'>: what can be had: secure-boot" \
		"line 11: <loader secure='yes'>" "line 11: <loader type='pflash'>" \
		"line 12: <nvram>: variables of UEFI" "6 things are wrong"
}

@test "storage given back in the background" {
	gives async-teardown <<-'END'
		-name
		guest=fast-shutdown
		-machine
		type=s390-ccw-virtio
		-enable-kvm
		-run-with
		async-teardown=on
		-display
		none
		-nodefaults
		-smp
		cpus=2
		-m
		size=1124M
	END
	[[ $stderr == *"of use to libvirt alone, and passed over: emulator (line 13)"* ]]
}

@test "a protected guest, the short way" {
	gives launch-security <<-'END'
		-name
		guest=secguest1
		-machine
		type=s390-ccw-virtio,confidential-guest-support=lsec0
		-enable-kvm
		-object
		s390-pv-guest,id=lsec0
		-display
		none
		-nodefaults
		-smp
		cpus=1
		-m
		size=4096M
		-drive
		file=/var/lib/guests/secguest1.qcow2,format=qcow2,if=none,id=drive-vda
		-device
		virtio-blk-ccw,id=vda,drive=drive-vda,bootindex=1
	END
}

@test "a protected guest, the long way" {
	gives bounce-buffers <<-'END'
		-name
		guest=secguest1
		-machine
		type=s390-ccw-virtio
		-enable-kvm
		-display
		none
		-nodefaults
		-smp
		cpus=1
		-m
		size=4096M
		-drive
		file=/var/lib/guests/secguest1.img,format=raw,if=none,id=drive-vda,cache=none,aio=native
		-device
		virtio-blk-ccw,id=vda,drive=drive-vda,iommu_platform=on,devno=fe.0.1108,bootindex=1
	END
}

@test "an image started as a kernel" {
	gives direct-kernel <<-'END'
		-name
		guest=secguest2
		-machine
		type=s390-ccw-virtio,confidential-guest-support=lsec0
		-enable-kvm
		-object
		s390-pv-guest,id=lsec0
		-display
		none
		-nodefaults
		-smp
		cpus=1
		-m
		size=512M
		-kernel
		/var/lib/guests/secure_img
	END
}

@test "a crashed guest is kept" {
	options "$DOMAINS/preserve-crashed.xml"
	[ "$status" -eq 0 ]
	[[ $output == *$'-action\npanic=pause'* ]]
}

@test "a disk attached" {
	sed 's|</domain>|<iothreads>2</iothreads>&|' "$DOMAINS/direct-kernel.xml" >two-threads.xml
	options two-threads.xml --attach "$DOMAINS/MyDisk.xml"
	[ "$status" -eq 0 ]
	[ "$(tail -n 4 <<<"$output")" = "-drive
file=/dev/disk/by-id/data,format=raw,if=none,id=drive-vdb,cache=none,aio=native
-device
virtio-blk-ccw,id=vdb,drive=drive-vdb,iommu_platform=on,iothread=iothread2" ]
	options "$DOMAINS/direct-kernel.xml" --attach "$DOMAINS/MyDisk.xml"
	refuses "MyDisk.xml, line 3: iothread='2': <iothreads> makes no such thread"
	run ultraviolet run --dry-run --attach "$DOMAINS/MyDisk.xml"
	[ "$status" -eq 2 ]
}

# --- Everything else -----------------------------------------------------------------

@test "all that is understood" {
	gives everything <<-'END'
		-name
		guest=everything
		-uuid
		3f2504e0-4f89-11d3-9a0c-0305e82c3301
		-machine
		type=s390-ccw-virtio-11.1,aes-key-wrap=on,dea-key-wrap=off,dump-guest-core=off,mem-merge=off,memory-backend=s390.ram
		-run-with
		async-teardown=off
		-action
		shutdown=pause
		-action
		panic=exit-failure
		-display
		none
		-nodefaults
		-cpu
		max,vx=on,msa5=off,vxeh=on
		-smp
		cpus=2,maxcpus=8,drawers=1,books=2,sockets=2,cores=2
		-m
		size=954M
		-object
		memory-backend-memfd,id=s390.ram,size=954M,share=on,prealloc=on
		-overcommit
		mem-lock=on
		-object
		iothread,id=iothread1
		-object
		iothread,id=iothread2
		-object
		iothread,id=iothread3
		-bios
		/usr/share/firmware.img
		-kernel
		/boot/vmlinuz
		-initrd
		/boot/initrd.img
		-append
		'root=/dev/vda1 note="a, b" & '\''c'\'''
		-boot
		menu=on,splash-time=3000
		-device
		virtio-scsi-ccw,id=scsi1,iommu_platform=on,devno=fe.1.0003,iothread=iothread1,num_queues=2
		-device
		virtio-serial-ccw,id=virtio-serial0
		-drive
		file=/srv/a,,b.qcow2,format=qcow2,if=none,id=drive-vda,cache=writeback,aio=threads,discard=unmap,detect-zeroes=on
		-device
		virtio-blk-ccw,id=vda,drive=drive-vda,packed=on,event_idx=off,ioeventfd=on,iothread=iothread2,num-queues=4,serial=0001,share-rw=on,bootindex=2
		-drive
		file=/dev/sdx,format=raw,if=none,id=drive-sda,readonly=on
		-device
		scsi-hd,id=sda,drive=drive-sda,bus=scsi1.0,channel=0,scsi-id=3,lun=2
		-device
		virtio-scsi-ccw,id=scsi0
		-device
		scsi-cd,id=sdb,bus=scsi0.0,bootindex=1
		-chardev
		stdio,id=charserial0,mux=on,signal=off,logfile=/var/log/guest.log,logappend=on
		-mon
		chardev=charserial0,mode=readline
		-device
		sclpconsole,chardev=charserial0,id=serial0
		-chardev
		file,id=charconsole0,path=/var/log/lm.log,append=on
		-device
		sclplmconsole,chardev=charconsole0,id=console0
		-chardev
		socket,id=charconsole1,path=/run/console.sock,server=on,wait=off
		-device
		virtconsole,chardev=charconsole1,id=console1
		-chardev
		pty,id=charconsole2
		-device
		virtconsole,chardev=charconsole2,id=console2
		-netdev
		user,id=hostnet0
		-device
		virtio-net-ccw,netdev=hostnet0,id=net0,mac=52:54:00:12:34:56,iommu_platform=on,bootindex=3
		-netdev
		bridge,id=hostnet1,br=br0
		-device
		virtio-net-ccw,netdev=hostnet1,id=net1
		-netdev
		user,id=hostnet2
		-device
		virtio-net-ccw,netdev=hostnet2,id=net2
		-object
		rng-random,id=objrng0,filename=/dev/random
		-device
		virtio-rng-ccw,rng=objrng0,id=rng0,max-bytes=1024,period=500,iommu_platform=on
		-object
		rng-builtin,id=objrng1
		-device
		virtio-rng-ccw,rng=objrng1,id=rng1
		-device
		virtio-balloon-ccw,id=balloon0,iommu_platform=on
	END
	# Once each, with its first line.
	[[ $stderr == *"network 'default' is not here: user networking stands in for it"* ]]
	[[ $stderr == *"passed over: id (line 3), title (line 6), description (line 7), metadata (line 8)"* ]]
	[ "$(grep -o 'alias (line' <<<"$stderr" | wc -l)" -eq 1 ]
}

@test "options of one's own come on top" {
	options "$DOMAINS/preserve-crashed.xml" -- -smp 2 -name 'a b'
	[ "$status" -eq 0 ]
	[ "$(tail -n 4 <<<"$output")" = "-smp
2
-name
'a b'" ]
	run ultraviolet run --dry-run -- -m 1G
	[ "$output" = "-m
1G" ]
}

@test "what is no domain" {
	options nowhere.xml
	refuses "nowhere.xml"
	options /dev/null
	refuses "is no XML"
	printf '<!DOCTYPE domain [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<domain/>' >entity.xml
	options entity.xml
	refuses "has a document type declaration" "hint: "
	echo '<domain type="qemu"><pumpkin/></domain>' >pumpkin.xml
	options pumpkin.xml
	refuses "pumpkin.xml, line 1: <pumpkin> in <domain> is not known here" \
		"ultraviolet domcapabilities"
	truncate -s 2M large.xml
	options large.xml
	refuses "large.xml"
	options "$DOMAINS/MyDisk.xml"
	refuses "<disk> is not the <domain> of a guest"
	sed 's/GiB/GB/; s/>4</>4.5</' "$DOMAINS/launch-security.xml" >half.xml
	options half.xml
	refuses "line 4: memory '4.5' is no number"
}

# --- domcapabilities -----------------------------------------------------------------

# A QEMU that only says its version.
fake_qemu() {
	printf '#!/bin/sh\necho "QEMU emulator version %s"\n' "$1" >qemu
	chmod +x qemu
	export ULTRAVIOLET_QEMU=$PWD/qemu
}

@test "domcapabilities: what libvirt's users look for" {
	fake_qemu 11.1.2
	run -0 --separate-stderr ultraviolet domcapabilities
	grep -qx " *<async-teardown supported='yes'/>" <<<"$output"
	grep -qx " *<s390-pv supported='yes'/>" <<<"$output"
	grep -qx " *<bootCerts supported='yes'/>" <<<"$output"
	grep -qx " *<machine>s390-ccw-virtio-11.1</machine>" <<<"$output"
	grep -qx " *<path>$PWD/qemu</path>" <<<"$output"
	python3 -c 'import sys, xml.etree.ElementTree as t; assert t.fromstring(sys.argv[1]).find("features/launchSecurity/enum/value").text == "s390-pv"' "$output"
}

@test "domcapabilities: without a QEMU there are none" {
	ULTRAVIOLET_QEMU=/nonexistent run --separate-stderr ultraviolet domcapabilities
	refuses "/nonexistent"
}
