#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load manual

@test "62 wget https://github.com/…/v2.23.0.tar.gz" {
	external "source archive of another project"
}

@test "63 tar xf s390-tools-2.23.0.tar.gz" {
	external "source archive of another project"
}

@test "64 cd s390-tools-2.23.0/pvattest" {
	external "source archive of another project"
}

@test "65 make" {
	# The owner's tools alone, without any s390x part.
	"$UV_ROOT/scripts/build.sh" "$BATS_TEST_TMPDIR/tools" -Dtools_only=true
	"$BATS_TEST_TMPDIR/tools/bin/pvimg" --version
}
