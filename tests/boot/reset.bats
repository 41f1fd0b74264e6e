#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Resets of all kinds: the guest starts protected again.

load boot

setup_file() {
	boot_prepare
	machine z16 --generation z16
}

setup() {
	boot_require trixie
}

teardown() {
	stop_guest
}

@test "reboot from inside, three times" {
	image reboot trixie "do=reboot" z16
	start_guest reboot z16 reboot -smp 2
	wait_for reboot.console prot_virt_guest=1 4
	[ "$(count reboot.console 'prot_virt_guest=0')" -eq 0 ]
	[ "$(count reboot.console 'Linux version')" -ge 4 ]
	run ultraviolet status reboot
	contains "protected-starts     4"
}

@test "system_reset of a running guest with four CPUs" {
	image wait trixie "do=wait" z16
	start_guest running z16 wait -smp 4
	for i in 1 2 3; do
		wait_for running.console init=done "$i"
		qmp system_reset
	done
	wait_for running.console init=done 4
	[ "$(count running.console prot_virt_guest=1)" -eq 4 ]
}

@test "system_reset at twelve moments of the start" {
	image wait trixie "do=wait" z16
	start_guest moments z16 wait -smp 2
	for delay in 0.1 0.3 0.05 0.7 0.2 1.1 0.15 0.4 0.9 0.02 1.7 0.5; do
		sleep $delay
		qmp system_reset
	done
	wait_for moments.console init=done
	[ "$(count moments.console prot_virt_guest=1)" -ge 1 ]
	run cat moments.console moments.log
	lacks "no Secure Execution"
	lacks "refused"
}

@test "a panic ends QEMU" {
	image panic trixie "do=panic" z16
	run run_guest z16 panic
	contains "prot_virt_guest=1"
	contains "Kernel panic"
}

@test "system_reset and cont after a panic that pauses" {
	image panic trixie "do=panic" z16
	start_guest panic z16 panic -action panic=pause
	for i in 1 2; do
		wait_for panic.log GUEST_PANICKED "$i"
		qmp system_reset
		qmp cont
	done
	wait_for panic.console 'Kernel panic' 3
	[ "$(count panic.console prot_virt_guest=1)" -eq 3 ]
}

@test "stop and cont change nothing" {
	image wait trixie "do=wait" z16
	start_guest paused z16 wait -smp 2 -S
	qmp cont
	for i in 1 2 3 4; do
		sleep 0.5
		qmp stop
		qmp cont
	done
	wait_for paused.console init=done
	[ "$(count paused.console 'Linux version')" -eq 1 ]
	run ultraviolet status paused
	contains "protected-starts     1"
}

# Without the ultravisor's clearing thousands of pages would be left: QEMU does
# not clear storage when a machine is reset.
@test "nothing of a guest is left in storage for the next one" {
	image mark trixie "do=mark do=wait" z16
	printf 'no mark yet\n' >mark.img
	truncate -s 1M mark.img
	start_guest mark z16 mark -drive file=mark.img,format=raw,if=none,id=d0 \
		-device virtio-blk-ccw,drive=d0,iommu_platform=on
	wait_for mark.console init=done
	grep -aq 'marks=[1-9]' mark.console
	save_storage mark before 2
	[ "$(grep -ac left-behind before)" -gt 1000 ]
	rm before
	qmp system_reset
	wait_for mark.console init=done 2
	save_storage mark after 4
	run ! grep -aq left-behind after
	rm after
}
