#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

@test "47 --crt" {
	later "pvsecret"
}

@test "48 pvsecret create -k z16.crt --hdr se.hdr -o addNoDumpReq --crt DigiCertCA.crt --crt ibm-..." {
	later "pvsecret"
}

@test "49 form of 50" {
	later "pvsecret"
}

@test "50 pvsecret create -k z16.crt --hdr se.hdr -o addSecretReq --crt DigiCertCA.crt --crt ibm-..." {
	later "pvsecret"
}
