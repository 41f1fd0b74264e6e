#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Starts that have to fail, and what is said about them.

load boot

setup_file() {
	boot_prepare
	machine first --generation z16
	machine second --generation z15
	machine third --generation z17
	machine stranger --generation z16
	cp -r first keyless
	rm keyless/host-key.pem
}

setup() {
	boot_require trixie
	image three trixie "secret=keep-me-in" first second third
}

teardown() {
	stop_guest
}

refused() {
	contains "the protected start is refused"
	lacks "prot_virt_guest"
	lacks "Linux version"
}

@test "an image for three machines starts on each" {
	for name in first second third; do
		run run_guest "$name" three
		runs_protected
	done
}

@test "and not on a fourth" {
	run run_guest stranger three
	refused
	contains "set-parameters"
	contains "rc 0x0108, rrc 0x0005"
	contains "the image was not made for this machine"
}

@test "a machine without a host key starts no image" {
	run run_guest keyless three
	contains "warning: The machine has no host key"
	refused
	contains "0x0108"
}

@test "one flipped bit in any of five pages" {
	size=$(stat -c %s three)
	for i in 1 2 3 4 5; do
		cp three flipped
		# Behind boot stage, IPL block and SE header there are components only.
		flip flipped $((0x20000 + (RANDOM * 32768 + RANDOM) % (size - 0x20000)))
		run run_guest first flipped
		refused
		contains "verify"
		contains "rc 0x0102, rrc 0x001b"
	done
}

@test "a flipped bit in the SE header" {
	cp three header
	offset=$(LC_ALL=C grep -abo IBMSecEx three | head -n 1 | cut -d : -f 1)
	# The number of pages: authenticated, like all of the header.
	flip header $((offset + 0x37))
	run run_guest first header
	refused
	contains "set-parameters"
}

@test "what was decrypted of a refused image does not stay in storage" {
	cp three flipped
	flip flipped $(($(stat -c %s three) - 5000))
	start_guest leak first flipped -action panic=pause
	wait_for leak.log GUEST_PANICKED
	save_storage leak leak.dump 2
	# The boot stage is there, the secrets are not.
	grep -aq IBMSecEx leak.dump
	run ! grep -aq keep-me-in leak.dump
	run ! grep -aq 'Linux version' leak.dump
	rm leak.dump
}

@test "a guest that runs holds its plain text where the test above looked" {
	image wait trixie "do=wait secret=keep-me-in" first
	start_guest holds first wait
	wait_for holds.console init=done
	save_storage holds holds.dump 2
	grep -aq keep-me-in holds.dump
	rm holds.dump
}

@test "options that exclude a protected guest are all named" {
	run run_guest first three -device virtio-balloon-ccw -incoming defer
	[ "$status" -eq 1 ]
	contains "memory balloon"
	contains "neither migrated nor restored"
	contains "2 of QEMU's options exclude a protected guest"
	contains "--normal"
}

@test "one thread for all CPUs is refused" {
	run run_guest first three -accel tcg,thread=single
	[ "$status" -eq 1 ]
	contains "in one thread"
}

# leave NAME COUNT: asks QEMU to move the guest to a file; it has then answered
# COUNT times.
leave() {
	qmp migrate "{\"uri\": \"file:$PWD/$1.state\"}"
	wait_for "$1.log" '"(return|error)": ' "$2"
}

@test "a running protected guest can be neither migrated nor saved" {
	image wait trixie "do=wait" first
	start_guest stays first wait
	wait_for stays.console init=done
	leave stays 2
	qmp human-monitor-command '{"command-line": "savevm one"}'
	wait_for stays.log '"(return|error)": ' 3
	[ "$(count stays.log 'neither migrated nor saved')" -eq 2 ]
	[ ! -s stays.state ]
	# It runs on.
	qmp query-status
	wait_for stays.log '"status": "running"'
}

@test "a guest that never was protected can be migrated" {
	initrd trixie
	start_guest leaves first "$UV_CACHE/guests/trixie/vmlinuz" -initrd initrd-trixie \
		-append 'console=ttysclp0 do=wait'
	wait_for leaves.console init=done
	leave leaves 2
	wait_for leaves.log '"event": "STOP"'
	[ "$(count leaves.log "neither migrated")" -eq 0 ]
	[ -s leaves.state ]
	rm leaves.state
}
