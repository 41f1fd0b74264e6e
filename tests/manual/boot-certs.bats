#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

@test "9 -machine …,boot-certs.0.path=/path/to/cert.pem,boot-certs.1.path=/path/to/cert-dir,boot..." {
	later "Secure IPL"
}
