#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pvverify and check_hostkeydoc: every verdict, its exit code and its words.

bats_require_minimum_version 1.5.0

# The test set twice: without distribution points, and with some where nobody listens.
setup_file() {
	export WORK=$BATS_FILE_TMPDIR XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
	unset SSL_CERT_FILE SSL_CERT_DIR
	"$UV_BUILD/tests/pki/mint-pki" "$WORK/pki"
	"$UV_BUILD/tests/pki/mint-pki" "$WORK/online" http://127.0.0.1:9/crl
}

setup() {
	cd "$WORK/pki" || return 1
	crls=ibm.crl,inter_ca.crl,root_ca.crl
	chain=ibm.crt,inter_ca.crt
}

# offline HKD [OPTION...]: with everything that it takes.
offline() {
	pvverify --offline --root-ca root_ca.crt -C "$chain" --crl "$crls" -k "$@"
}

# refused TEXT COMMAND...: exit 1, TEXT in what is printed, and a hint.
refused() {
	local text=$1
	shift
	run -1 "$@"
	[[ $output == *"$text"* ]] || { echo "no '$text' in: $output"; return 1; }
	[[ $output == *"Error: "* && $output == *"hint: "* ]]
	[[ $output != *"documents verified."* ]]
}

@test "yes: a good document" {
	run -0 offline host.crt
	[[ $output == *"Host-key documents verified."* ]]
}

@test "yes: the tree shows the chain with dates, lists and PHKH" {
	run -0 --separate-stderr offline host.crt
	[[ ${lines[0]} == "Root CA: root_ca.crt" ]]
	[[ $output == *"+- Intermediate CA: inter_ca.crt"*"+- IBM Z signing key: ibm.crt"*"+- Host-key document: host.crt"* ]]
	[ "$(grep -c 'trusted  yes' <<<"$output")" -eq 4 ]
	[ "$(grep -cE 'valid +20[0-9]{2}-[0-9]{2}-[0-9]{2} to 2388-12-' <<<"$output")" -eq 4 ]
	[[ $output == *"CRL      ibm.crl: "*" to 2388-12-"*", 2 revoked"* ]]
	grep -qE 'PHKH +[0-9a-f]{64}$' <<<"$output"
}

@test "yes: several documents, with one option or several, in their order" {
	run -0 offline host.crt,host2.crt -k host_armonk.crt
	[ "$(grep -o 'document: .*' <<<"$output" | tr '\n' ' ')" = \
		"document: host.crt document: host2.crt document: host_armonk.crt " ]
}

@test "yes: DER files, bundles, reordered and superfluous certificates" {
	run -0 pvverify --offline --root-ca root_ca.der -k host.der -C der.crt,inter_ca.der \
		--crl der.crl,inter_ca.crl,root_ca.crl
	run -0 pvverify --offline --root-ca roots.crt -k host.crt --crl all.crl \
		-C fake_inter_ca.crt -C bundle.crt -C root_ca.crt
	run -0 pvverify --offline --root-ca root_ca.chained.crt -k host.crt \
		-C inter_ca.chained.crt,ibm.chained.crt
}

@test "yes: the signing key of Armonk, and its lists in another order" {
	chain=inter_ca.crt,ibm_armonk.crt
	run -0 offline host.crt,host_armonk.crt
	crls=ibm_reordered.crl,inter_ca.crl,root_ca.crl
	run -0 offline host.crt
	refused "certificate revoked" offline host_rev.crt
}

@test "yes: a root in SSL_CERT_FILE; no: without it" {
	SSL_CERT_FILE=root_ca.crt run -0 pvverify --offline -k host.crt -C "$chain" --crl "$crls"
	refused "unable to get local issuer certificate" \
		pvverify --offline -k host.crt -C "$chain" --crl "$crls"
}

@test "yes: --crt as the manual writes --cert" {
	run -0 pvverify --offline --root-ca root_ca.crt -k host.crt --crl "$crls" \
		--crt ibm.crt --crt inter_ca.crt
}

@test "yes: lists at hand make up for distribution points that do not answer" {
	cd "$WORK/online"
	run -0 pvverify --root-ca root_ca.crt -k host.crt -C "$chain" --crl "$crls"
	[[ $output == *"Cannot download 'http://127.0.0.1:9/crl/ibm.crl'"* ]]
}

@test "no: a revoked document" {
	refused "Failed to verify host-key document: 'host_rev.crt': certificate revoked" \
		offline host_rev.crt
	[[ $output == *"Host-key document is revoked."* ]]
	[[ $output == *"trusted  NO: "* ]]
}

@test "no: an expired document, in the manual's words, and where to get another" {
	refused "Failed to verify host-key document: 'host_crt_expired.crt': validity period is not valid" \
		offline host_crt_expired.crt
	[[ $output == *"hint: "*"https://www.ibm.com/support/resourcelink/api/content/public/"* ]]
}

@test "no: a document that is not valid yet" {
	refused "Before validity period" offline host_not_yet.crt
}

@test "no: another signing key, in the manual's words" {
	refused "Failed to verify host-key document: 'host_invalid_signing_key.crt': no IBM Z signing key that issued this host-key document found" \
		offline host_invalid_signing_key.crt
	refused "Authority Key Id mismatch" offline fake_host.crt
}

@test "no: a weak signature" {
	refused "Not enough bits of security." offline host_sha1.crt
}

@test "no: documents whose key is no P-521 key" {
	refused "on curve secp384r1" offline host_p384.crt
	refused "RSA" offline host_rsa.crt
	refused "no point of its curve" offline host_off_curve.crt
}

@test "no: a signing key of another name, several, or none" {
	chain=ibm_wrong_subject.crt,inter_ca.crt
	refused "Specify one IBM Z signing key" offline host.crt
	chain=inter_ca.crt
	refused "Specify one IBM Z signing key" offline host.crt
	chain=ibm.crt,ibm_armonk.crt,inter_ca.crt
	run -1 offline host.crt
	[[ $output == *"Specify only one IBM Z signing key"* ]]
}

@test "no: a revoked or expired signing key" {
	chain=ibm_rev.crt,inter_ca.crt
	refused "certificate revoked" offline host.crt
	chain=ibm_expired.crt,inter_ca.crt
	refused "certificate has expired" offline host.crt
}

@test "no: a broken chain shows as far as it goes, and the documents as not verified" {
	chain=ibm.crt
	refused "unable to get local issuer certificate" offline host.crt
	[[ $output == *"IBM Z signing key: ibm.crt"*"trusted  NO: unable to get local issuer certificate"* ]]
	[[ $output == *"Host-key document: host.crt"*"trusted  not verified"* ]]
	chain=fake_ibm.crt,fake_inter_ca.crt
	crls=fake_ibm.crl,fake_inter_ca.crl,fake_root_ca.crl
	refused "The IBM Z signing key could not be verified." offline fake_host.crt
}

@test "no: missing lists, and where to get them" {
	cd "$WORK/online"
	crls=ibm.crl,inter_ca.crl
	refused "unable to get certificate CRL" offline host.crt
	[[ $output == *"from http://127.0.0.1:9/crl/root_ca.crl"*"--crl"*"--offline"* ]]
	crls=inter_ca.crl,root_ca.crl
	refused "IBM Z signing key: no valid CRL found" offline host.crt
	[[ $output == *"ibm-z-host-key-gen2.crl"* ]]
}

@test "no: lists of host keys that do not count say why" {
	local list
	for list in invalid_hash:signature outdated_early:"not yet" outdated_late:"no longer" \
		endless:"until when" partial:complete delta:complete sha1:weak; do
		crls=ibm_${list%%:*}.crl,inter_ca.crl,root_ca.crl
		refused "${list#*:}" offline host.crt
		[[ $output == *"No valid CRL found"* && $output == *"not usable: "* ]]
	done
}

@test "no: one bad document among good ones; the others are shown all the same" {
	refused "certificate revoked" offline host.crt,host_rev.crt,host2.crt
	[ "$(grep -c 'trusted  yes' <<<"$output")" -eq 5 ]
	[ "$(grep -c 'trusted  NO' <<<"$output")" -eq 1 ]
}

@test "no: files that are absent or something else" {
	run -1 offline absent.crt
	[[ $output == *"absent.crt"* ]]
	run -1 offline garbage.crt
	[[ $output == *"is not in PEM or DER format"* ]]
	refused "contains no certificate!" offline ibm.crl
	crls=host.crt
	run -1 offline host.crt
	[[ $output == *"Cannot load CRL from 'host.crt'"* ]]
}

@test "several certificates in one document: the first counts, with a warning" {
	run -0 offline two_hosts.crt
	[[ $output == *"warning: "*"contains more than one certificate!"* ]]
}

@test "--no-verify warns on every run and verifies nothing" {
	local document
	for document in host.crt host_rev.crt host_crt_expired.crt fake_host.crt; do
		run -0 --separate-stderr pvverify --no-verify -k "$document"
		[[ $stderr == *"warning: Host-key document verification is disabled."* ]]
		[[ $output == *"trusted  not verified"* ]]
		[[ $output != *"verified."* || $output == *"none was verified."* ]]
	done
}

@test "--no-verify still refuses keys that cannot be used" {
	refused "RSA" pvverify --no-verify -k host_rsa.crt
	refused "no point of its curve" pvverify --no-verify -k host.crt,host_off_curve.crt
}

@test "usage errors exit with 2" {
	run -2 pvverify
	run -2 pvverify -k host.crt
	run -2 pvverify --no-verify
	run -2 pvverify -k host.crt --no-verify -C ibm.crt
	# As the shipped tool: without meaning, but no error.
	run -0 pvverify -k host.crt --no-verify --crl ibm.crl
	run -0 pvverify -k host.crt --no-verify --offline
	run -0 pvverify -k host.crt --no-verify --root-ca root_ca.crt
	run -2 pvverify -k host.crt -C ibm.crt --nonsense
	run -2 pvverify -k host.crt -C ibm.crt host2.crt
}

@test "--version and --help" {
	run -0 pvverify --version
	[[ $output == "pvverify version "[0-9]* ]]
	run -0 pvverify --help
	[[ $output == *"--host-key-document"*"--no-verify"*"--cert"*"--crl"*"--offline"*"--root-ca"* ]]
}

@test "check_hostkeydoc: yes, with and without a chain" {
	run -0 check_hostkeydoc -r ibm.crl host.crt ibm.crt
	[[ $output == *"No CA certificate specified"* ]]
	[[ $output == *"All checks requested for 'host.crt' were successful"* ]]
	cat inter_ca.chained.crt root_ca.crl >"$BATS_TEST_TMPDIR/ca.crt"
	SSL_CERT_FILE=root_ca.crt run -0 check_hostkeydoc -c "$BATS_TEST_TMPDIR/ca.crt" -r ibm.crl \
		host.crt ibm.crt
	[[ $output != *"No CA certificate specified"* ]]
	[[ $output == *"Root CA: root_ca.crt"* || $output == *"Root CA: (system's trust store)"* ]]
}

@test "check_hostkeydoc: no, with exit code 1 for everything" {
	run -1 check_hostkeydoc -r ibm.crl host_rev.crt ibm.crt
	[[ $output == *"Certificate is revoked, do not use it anymore!"* ]]
	run -1 check_hostkeydoc -r ibm.crl host_crt_expired.crt ibm.crt
	[[ $output == *"Certificate date verification failed"* ]]
	run -1 check_hostkeydoc -r ibm.crl host_invalid_signing_key.crt ibm.crt
	run -1 check_hostkeydoc -r ibm_invalid_hash.crl host.crt ibm.crt
	run -1 check_hostkeydoc host.crt ibm.crt
	run -1 check_hostkeydoc -c inter_ca.crt -r ibm.crl host.crt ibm.crt
	run -1 check_hostkeydoc host.crt
	run -1 check_hostkeydoc --nonsense host.crt ibm.crt
}

@test "check_hostkeydoc: the default issuer, and -d" {
	run -1 check_hostkeydoc -r ibm.crl host_other_issuer_name.crt ibm.crt
	[[ $output == *"Incorrect default issuer"* ]]
	run -0 check_hostkeydoc -d -r ibm.crl host_other_issuer_name.crt ibm.crt
	run -1 check_hostkeydoc -r ibm_wrong_subject.crl host.crt ibm_wrong_subject.crt
	run -0 check_hostkeydoc -d -r ibm_wrong_subject.crl host.crt ibm_wrong_subject.crt
}
