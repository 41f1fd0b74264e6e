#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The launcher: names, looking at guests, and being taken for QEMU.

load boot

setup_file() {
	boot_prepare
	machine z16 --generation z16
}

setup() {
	boot_require trixie
	image wait trixie "do=wait" z16
}

teardown() {
	stop_guest
}

@test "a running guest is listed, described and traced" {
	start_guest looked-at z16 wait
	wait_for looked-at.console init=done
	run ultraviolet list
	contains "looked-at"
	contains "protected, z16"
	run ultraviolet status looked-at
	contains "state                protected"
	contains "simulated            yes"
	run ultraviolet status --json looked-at
	[ "$(jq -r '.state' <<<"$output")" = protected ]
	[ "$(jq -r '.configuration."pages-shared"' <<<"$output")" -gt 100 ]
	shared=$(jq -r '.configuration."pages-shared"' <<<"$output")
	run ultraviolet shared-pages looked-at
	[ "$(awk '{ sum += $2 } END { print sum }' <<<"$output")" -eq "$shared" ]
	run ultraviolet trace --last 2 --json looked-at
	[ "${#lines[@]}" -eq 2 ]
	[ "$(jq -r .call <<<"${lines[1]}")" = share ]
	[ "$(jq -r .rc <<<"${lines[1]}")" = 0x0001 ]
	# The whole start is kept, and thousands of shared pages are one line.
	run ultraviolet trace looked-at
	contains "set-parameters   rc 0x0001"
	contains "verify           rc 0x0001"
	contains "and the next 16383 pages"
	[ "${#lines[@]}" -lt 100 ]
}

@test "trace --follow shows the calls of the next start" {
	start_guest followed z16 wait
	wait_for followed.console init=done
	ultraviolet trace --follow --last 0 followed >followed.trace 3>&- {QMP_FD}>&- &
	sleep 0.5
	qmp system_reset
	wait_for followed.trace 'set-parameters +rc 0x0001'
	wait_for followed.trace 'verify +rc 0x0001'
	stop_guest
	wait $!
}

@test "a name is free again when its guest is gone, however it went" {
	start_guest twice z16 wait
	wait_for twice.console 'Linux version'
	run ultraviolet run --name twice --machine z16 -- -nographic
	[ "$status" -eq 1 ]
	contains "A guest named 'twice' is running already"
	pid=$(jq .pid "$XDG_RUNTIME_DIR/ultraviolet/twice/info")
	kill -KILL "$pid"
	wait "$GUEST_PID" || true
	run ultraviolet list
	[ -z "$output" ]
	[ ! -e "$XDG_RUNTIME_DIR/ultraviolet/twice" ]
	run ultraviolet status twice
	[ "$status" -eq 1 ]
	contains "No guest named 'twice' is running"
	start_guest twice z16 wait
	wait_for twice.console init=done
}

@test "the socket is for its owner only" {
	start_guest private z16 wait
	wait_for private.console 'Linux version'
	[ "$(stat -c %a "$XDG_RUNTIME_DIR/ultraviolet/private/control")" = 600 ]
	[ "$(stat -c %a "$XDG_RUNTIME_DIR/ultraviolet/private")" = 700 ]
}

@test "clients that send rubbish, say nothing or do not read do no harm" {
	start_guest bothered z16 wait
	wait_for bothered.console 'Linux version'
	socket=$XDG_RUNTIME_DIR/ultraviolet/bothered/control
	python3 - "$socket" <<-'END'
		import os, socket, sys
		def connect():
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(sys.argv[1])
		    s.settimeout(5)
		    return s
		silent = [connect() for _ in range(3)]
		deaf = connect()
		deaf.setblocking(False)
		try:
		    for _ in range(20000):
		        deaf.send(b'{"execute":"trace","arguments":{"last":4096,"follow":true}}\n')
		except (BlockingIOError, BrokenPipeError, ConnectionResetError):
		    pass
		for bytes in (b"\x00" * 100000, b"{" * 3000, b'{"execute":"nothing"}\n', os.urandom(5000)):
		    s = connect()
		    try:
		        s.sendall(bytes)
		        while s.recv(65536):
		            if bytes.startswith(b'{"exec'):
		                break
		    except (BrokenPipeError, ConnectionResetError, TimeoutError, socket.timeout):
		        pass
		    s.close()
	END
	run ultraviolet status bothered
	contains "state "
	wait_for bothered.console init=done
}

@test "QEMU's exit status is kept" {
	run ultraviolet run --machine z16 -- -no-such-option
	[ "$status" -eq 1 ]
	contains "invalid option"
	image off trixie "" z16
	run run_guest z16 off
	[ "$status" -eq 0 ]
}

@test "SIGTERM reaches QEMU, which ends in order" {
	start_guest ended z16 wait
	wait_for ended.console init=done
	kill -TERM "$(jq .pid "$XDG_RUNTIME_DIR/ultraviolet/ended/info")"
	wait "$GUEST_PID"
	grep -q SHUTDOWN ended.log
	GUEST_PID=
}

@test "as ultraviolet-qemu-s390x it takes QEMU's options alone" {
	run ultraviolet-qemu-s390x --version
	[ "$status" -eq 0 ]
	contains "QEMU emulator version"
	image off trixie "" z16
	run timeout -k 5 "$BOOT_LIMIT" env ULTRAVIOLET_MACHINE=z16 ultraviolet-qemu-s390x \
		-enable-kvm -cpu host -m 512 -nographic -no-reboot -kernel off
	contains "warning: KVM is not used"
	contains "prot_virt_guest=1"
	run ultraviolet-qemu-s390x -m 512
	[ "$status" -eq 1 ]
	contains "set ULTRAVIOLET_MACHINE"
}

@test "a QEMU that is too old, or none at all" {
	printf '#!/bin/sh\necho "QEMU emulator version 10.0.2"\n' >old-qemu
	chmod +x old-qemu
	ULTRAVIOLET_QEMU=./old-qemu run ultraviolet run --machine z16 -- -m 512
	[ "$status" -eq 1 ]
	contains "is QEMU 10.0.2, and 11.1 or newer is needed"
	ULTRAVIOLET_QEMU=/nonexistent run ultraviolet run --machine z16 -- -m 512
	[ "$status" -eq 1 ]
	contains "names '/nonexistent'"
}

@test "explain" {
	run ultraviolet explain 0x0108/0x0005
	[ "$status" -eq 0 ]
	contains "no key slot fits"
	run ultraviolet explain set-parameters 0x0108/0x0005
	[ "$status" -eq 0 ]
	lacks "attest"
	run ultraviolet explain nonsense
	[ "$status" -eq 1 ]
}
