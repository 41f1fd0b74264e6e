#!/bin/bash
# SPDX-License-Identifier: MIT
# regenerate-attestation.sh BUILD
#
# Makes the corpus of the targets arcb, exchange, response and json_read anew, with
# the programs in BUILD. The keys are thrown away.
set -eu
cd "$(dirname "$0")/../.."
UV_BUILD=$(realpath "$1")
export UV_BUILD PATH=$UV_BUILD/bin:$PATH
corpus=$PWD/tests/fuzz/corpus
BATS_FILE_TMPDIR=$(mktemp -d)
export BATS_FILE_TMPDIR
trap 'rm -rf "$BATS_FILE_TMPDIR"' EXIT
. tests/support/attestation.bash
attestation_setup_file # goes to a folder of its own

mkdir -p "$corpus"/{arcb,exchange,response,json_read}
rm -f "$corpus"/{arcb,exchange,response,json_read}/*
create_request many many.key -k other.crt --add-data phkh-att
perform many many-response
tail -c +65 request >"$corpus/arcb/all"
tail -c +65 bare-request >"$corpus/arcb/bare"
tail -c +65 many >"$corpus/arcb/many"
cp "$corpus/arcb/bare" "$corpus/arcb/no-nonce"
patch "$corpus/arcb/no-nonce" 0x30 0000000000000000
patch "$corpus/arcb/no-nonce" 0x2c 00000040
patch "$corpus/arcb/no-nonce" 0x0c 00000180
truncate -s 384 "$corpus/arcb/no-nonce"
cp request bare-request many response bare-response many-response "$corpus/exchange"
cp response bare-response many-response "$corpus/response"
head -c 63 request >"$corpus/exchange/short"
cp response "$corpus/exchange/overlap"
patch "$corpus/exchange/overlap" 0x24 00000050
pvattest policy image -k host.crt --secret-store-locked true --format json \
	-o "$corpus/json_read/policy.json"
pvattest policy image --format json -o "$corpus/json_read/policy-any.json"
cat >"$corpus/json_read/answer1.json" <<'END'
{"version":"1.0","valid":true,"referenceId":"R1","reason":"\u00e4\ud83d\ude00"}
END
cat >"$corpus/json_read/answer2.json" <<'END'
{"version":"2.0","valid":false,"reason":"old","verifiedHashes":[{"hash":"YQ==","signature":"Yg=="}]}
END
cat >"$corpus/json_read/kinds.json" <<'END'
{"a":[1,-2.5e+3,true,false,null,{"a":{"a":[[],{}]}}],"b":"\"\\\/\b\f\n\r\t"}
END
