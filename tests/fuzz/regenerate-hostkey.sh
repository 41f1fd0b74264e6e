#!/bin/sh
# SPDX-License-Identifier: MIT
# regenerate-hostkey.sh BUILD
#
# Mints the corpora of hkd_fuzz and crl_fuzz anew: small documents and lists of
# every kind. BUILD is a build folder with tests/pki/mint-pki.
set -eu
build=$(realpath "$1")
cd "$(dirname "$0")/corpus"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$build/tests/pki/mint-pki" "$work" http://crl.example.invalid/lists
rm -rf hkd crl
mkdir hkd crl
for name in host host_uri_na host_armonk host_no_akid host_p384 host_rsa host_off_curve ibm; do
	openssl x509 -in "$work/$name.crt" -outform DER -out "hkd/$name.der"
done
cp "$work/two_hosts.crt" hkd/two_hosts.pem
cp "$work/damaged.crt" hkd/damaged.pem
for name in ibm ibm_armonk ibm_reordered ibm_empty ibm_endless ibm_partial ibm_delta; do
	openssl crl -in "$work/$name.crl" -outform DER -out "crl/$name.der"
done
cp "$work/root_ca.chained.crt" crl/chained.pem
cp "$work/all.crl" crl/all.pem
