#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

@test "10 virsh domcapabilities \| grep async-tear" {
	later "domain capabilities"
}
