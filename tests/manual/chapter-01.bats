#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

bats_require_minimum_version 1.5.0

load manual

@test "10 virsh domcapabilities \| grep async-tear" {
	# A QEMU is named in the answer, but nothing of it is asked but its version.
	printf '#!/bin/sh\necho "QEMU emulator version 11.1.2"\n' >"$BATS_TEST_TMPDIR/qemu"
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	export ULTRAVIOLET_QEMU=$BATS_TEST_TMPDIR/qemu
	run -0 bash -o pipefail -c 'ultraviolet domcapabilities | grep async-tear'
	[[ $output == *"<async-teardown supported='yes'"* ]]
}
