#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ultraviolet machine create, show, list, serve, export, import.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr

bats_require_minimum_version 1.5.0

# One machine with a CA of its own, z16 with both keys, for all tests to copy.
setup_file() {
	export WORK=$BATS_FILE_TMPDIR
	cd "$WORK" || return 1
	export HOME=$WORK/home
	mkdir "$HOME"
	unset ULTRAVIOLET_MACHINES XDG_DATA_HOME
	ultraviolet machine create -q m --generation z16 --serial AB123 --backup-key \
		--port "$(free_port)"
	echo 'correct horse' >pass
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp -a "$WORK/m" "$WORK/pass" .
}

teardown() {
	[ ! -f serve.pid ] || kill "$(cat serve.pid)" 2>/dev/null || true
}

# A port that nothing listens on (at this moment).
free_port() {
	local port
	while port=$((20000 + RANDOM % 10000)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# serve ARGUMENT...: runs `machine serve` in the background until it listens.
serve() {
	ultraviolet machine serve "$@" >serve.out 2>serve.err 3>&- &
	echo $! >serve.pid
	for _ in {1..100}; do
		[ -s serve.out ] && return 0
		kill -0 "$(cat serve.pid)" || break
		sleep 0.1
	done
	cat serve.err
	return 1
}

# http URL [METHOD]: the answer with its header.
http() {
	local rest=${1#http://} port
	port=${rest%%/*}
	exec 9<>"/dev/tcp/127.0.0.1/${port#*:}"
	printf '%s /%s HTTP/1.0\r\n\r\n' "${2:-GET}" "${rest#*/}" >&9
	cat <&9
	exec 9>&-
}

# What lies in the current folder, hidden things as well.
names() { find . -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | xargs; }

body() { sed -n '1,/^\r$/!p'; }

# --- create --------------------------------------------------------------------

@test "create: what there is, and who may read it, whatever the umask" {
	local mask
	for mask in 000 077 0777; do
		(umask $mask && ultraviolet machine create -q "n$mask" --serial 12345 --ca "$WORK/m/ca" --backup-key)
		[ "$(stat -c %a "n$mask")" = 700 ]
		[ "$(stat -c %a "n$mask/host-key.pem")" = 600 ]
		[ "$(stat -c %a "n$mask/backup-host-key.pem")" = 600 ]
		[ -f "n$mask"/HKD-9175-12345.crt ]
		[ -f "n$mask"/HKD-9175-12345-backup.crt ]
		[ -f "n$mask/machine.yaml" ]
		[ ! -e "n$mask/ca" ]
	done
	[ "$(names)" = "m n000 n077 n0777 pass" ]
}

@test "create: keys of an own CA are private, too" {
	(umask 000 && ultraviolet machine create -q n)
	[ "$(stat -c %a n/ca)" = 700 ]
	[ "$(stat -c %a n/ca/*.key | sort -u)" = 600 ]
	[ "$(stat -c %a n/ca/*.key | wc -l)" = 3 ]
}

@test "create: generation, type and serial number" {
	run -0 ultraviolet machine create n --generation z15 --type 8562 --serial 12345 --ca "$WORK/m/ca"
	[[ $output == *"'n': z15, type 8562, serial number 12345."* ]]
	[[ $output == *"'n/HKD-8562-12345.crt'"* ]]
	grep -x 'type: "8562"' n/machine.yaml
	grep -x 'generation: z15' n/machine.yaml
	grep -x 'simulated: true' n/machine.yaml
	[ ! -e n/backup-host-key.pem ]
}

@test "create: what does not fit is a usage error, and leaves nothing" {
	run -2 ultraviolet machine create n --generation z14
	run -2 ultraviolet machine create n --generation z15 --type 3931
	[[ $output == *"generation z16"* ]]
	run -2 ultraviolet machine create n --type 1234
	run -2 ultraviolet machine create n --serial ab
	run -2 ultraviolet machine create n --port 0
	run -2 ultraviolet machine create n --port 65536
	run -2 ultraviolet machine create n --crl-url ftp://x
	run -2 ultraviolet machine create n --crl-url http://x --port 80
	run -2 ultraviolet machine create n --name x
	run -2 ultraviolet machine create
	[ "$(names)" = "m pass" ]
}

@test "create: nothing is replaced" {
	touch file
	mkdir empty
	ln -s nowhere link
	for target in m file empty link; do
		run -1 ultraviolet machine create "$target"
		[[ $output == *"'$target' exists already"* ]]
	done
	[ "$(ls -A empty)" = "" ]
	run -1 ultraviolet machine create no/such/folder
}

@test "create: machines share a CA, which is made on first use" {
	ultraviolet machine create -q one --ca ca
	ultraviolet machine create -q two --ca ca/
	[ "$(stat -c %a ca)" = 700 ]
	for machine in one two; do
		pvverify -k $machine/HKD-*.crt -C ca/DigiCertCA.crt -C ca/ibm-z-host-key-signing.crt \
			--root-ca ca/rootCA.crt --offline --crl ca/rootCA.crl \
			--crl ca/DigiCertCA.crl --crl ca/ibm-z-host-key.crl
	done
	run -2 ultraviolet machine create three --ca ca --port 1
	[[ $output == *"elsewhere"* ]]
	# One that can sign no longer says so.
	rm ca/*.key
	run -1 ultraviolet machine create three --ca ca
	[[ $output == *"its keys are not there"* ]]
	[ ! -e three ]
}

@test "create: two at a time make one CA" {
	ultraviolet machine create -q one --ca ca 3>&- &
	ultraviolet machine create -q two --ca ca
	wait $!
	diff <(ultraviolet machine show one | grep CRLs) <(ultraviolet machine show two | grep CRLs)
}

@test "create: a machine called by name" {
	export ULTRAVIOLET_MACHINES=$PWD/deep/machines
	ultraviolet machine create -q --name named --ca "$WORK/m/ca"
	[ -f deep/machines/named/machine.yaml ]
	ultraviolet machine show named
	for name in a/b .hidden .. ""; do
		run -2 ultraviolet machine create --name "$name"
	done
	unset ULTRAVIOLET_MACHINES
	run -1 ultraviolet machine show named
	ultraviolet machine create -q --name named --ca "$WORK/m/ca"
	[ -f "$HOME/.local/share/ultraviolet/machines/named/machine.yaml" ]
	rm -r "$HOME/.local"
}

@test "create, import: a signal leaves a whole machine or nothing" {
	ultraviolet machine export m m.uvk --passphrase-file pass
	for signal in INT TERM HUP; do
		run ! timeout --preserve-status -s $signal 0.2 ultraviolet machine create -q n
		run ! timeout --preserve-status -s $signal 0.2 ultraviolet machine import m.uvk n2 --passphrase-file pass
		for machine in n n2; do
			[ ! -e $machine ] || ultraviolet machine show $machine
			rm -rf $machine
		done
		[ "$(names)" = "m m.uvk pass" ]
	done
}

@test "create: the folder cannot be made, or not filled" {
	run -1 ultraviolet machine create pass/n
	[[ $output == *"Not a directory"* ]]
	# No file may grow: what was begun is removed again.
	run -1 bash -c 'trap "" XFSZ; ulimit -f 0; ultraviolet machine create n'
	[[ $output == *"File too large"* ]]
	[ "$(names)" = "m pass" ]
}

# --- show ----------------------------------------------------------------------

@test "show: text" {
	run -0 ultraviolet machine show m
	[[ $output == *"m (simulated)"* ]]
	[[ $output == *"3931 (CPU model gen16a)"* ]]
	[[ $output =~ "Host key:        installed"$'\n'"  PHKH:          "[0-9a-f]{64} ]]
	[[ $output == *"m/HKD-3931-AB123.crt"* ]]
	[[ $output == *"Can sign:      yes"* ]]
}

@test "show: JSON" {
	ultraviolet machine show m --json >json
	python3 - <<-END
		import json
		m = json.load(open("json"))
		assert m["simulated"] is True and m["type"] == "3931" and m["generation"] == "z16"
		assert m["host_key"]["installed"] and len(m["host_key"]["phkh"]) == 64
		assert m["backup_host_key"]["phkh"] != m["host_key"]["phkh"]
		assert [c["file"] for c in m["ca"]["crls"]] == ["rootCA.crl", "DigiCertCA.crl", "ibm-z-host-key.crl"]
		assert all(c["valid"] for c in m["ca"]["crls"] + m["ca"]["certificates"])
	END
}

@test "show: the PHKH is that of the public key" {
	want=$(openssl x509 -in m/HKD-3931-AB123.crt -pubkey -noout | openssl ec -pubin -text -noout 2>/dev/null |
		sed -n 's/^    //p' | tr -d ':\n' |
		sed -E 's/^04(.{132})(.{132})$/0000000000000000000000000000\10000000000000000000000000000\2/' |
		xxd -r -p | sha256sum | cut -d ' ' -f 1)
	run -0 ultraviolet machine show m
	[[ $output == *"$want"* ]]
}

@test "show: a removed key, another key, no document" {
	mv m/host-key.pem key
	run -0 ultraviolet machine show m
	[[ $output == *"Host key:        removed"* ]]
	ultraviolet machine show --json m | grep '"installed": false'
	cp m/backup-host-key.pem m/host-key.pem
	run -0 ultraviolet machine show m
	[[ $output == *"Host key:        other than the document's"* ]]
	mv key m/host-key.pem
	rm m/HKD-3931-AB123.crt m/*backup*
	run -0 ultraviolet machine show m
	[[ $output == *"Host key:        without document"* ]]
	[[ $output == *"Backup host key: none"* ]]
	rm -r m/ca
	run -0 ultraviolet machine show m
	[[ $output == *"unusable:"* ]]
	ultraviolet machine show --json m | grep '"problem"'
}

@test "show: what is no machine, or a broken one" {
	run -1 ultraviolet machine show nothing
	[[ $output == *"no machine 'nothing'"* ]]
	run -1 ultraviolet machine show .
	run -2 ultraviolet machine show
	echo 'no key' >m/host-key.pem
	run -1 ultraviolet machine show m
	cp "$WORK/m/host-key.pem" m
	sed -i 's/^simulated: true/simulated: false/' m/machine.yaml
	run -1 ultraviolet machine show m
	[[ $output == *"simulated: true"* ]]
}

@test "show: an entry from a later version is remarked" {
	echo 'colour: blue' >>m/machine.yaml
	run -0 --separate-stderr ultraviolet machine show m
	[[ $stderr == *"'colour'"* ]]
}

@test "show: expired revocation lists" {
	command -v faketime >/dev/null || skip "faketime is not installed"
	run -0 faketime '+400 days' "$(command -v ultraviolet)" machine show m
	[[ $output == *"rootCA.crl"*"(not valid now)"* ]]
	[[ $output != *"rootCA.crt"*"(not valid now)"*"DigiCertCA.crt"* ]]
}

# --- list ----------------------------------------------------------------------

@test "list: machines of a folder, with what is broken remarked" {
	cp -a m n
	rm n/host-key.pem
	cp -a m broken
	echo junk >broken/machine.yaml
	run -0 --separate-stderr ultraviolet machine list .
	[ "${#lines[@]}" = 3 ]
	[[ ${lines[1]} =~ ^"3931  AB123 ".*"z16 ".*"installed  m"$ ]]
	[[ ${lines[2]} =~ "none       n"$ ]]
	[[ $stderr == *"Passing over './broken'"* ]]
	ultraviolet machine list --json . 2>/dev/null | python3 -c '
import json, sys
l = json.load(sys.stdin)
assert [(m["name"], m["host_key_installed"]) for m in l] == [("m", True), ("n", False)]'
}

@test "list: the default folder, also before it exists" {
	export ULTRAVIOLET_MACHINES=$PWD/machines
	run -0 --separate-stderr ultraviolet machine list
	[ -z "$output" ]
	[ "$stderr" = "No machines." ]
	[ "$(ultraviolet machine list --json | tr -d '\n')" = "[]" ]
	mkdir machines
	mv m machines
	run -0 ultraviolet machine list
	[[ $output == *AB123* ]]
	run -1 ultraviolet machine list nowhere
}

# --- serve ---------------------------------------------------------------------

@test "serve: CRLs and certificates, nothing else" {
	serve m
	url=$(cat serve.out)
	[ "$url" = "$(sed -n 's/^crl_url: "\(.*\)"/\1/p' m/ca/ca.yaml)" ]
	for name in rootCA DigiCertCA ibm-z-host-key; do
		http "$url/$name.crl" | body | openssl crl -inform DER -noout -hash
	done
	for name in rootCA DigiCertCA ibm-z-host-key-signing; do
		cmp <(http "$url/$name.crt" | body) <(openssl x509 -in m/ca/$name.crt -outform DER)
	done
	for path in "" rootCA.key ca.yaml ../machine.yaml ../../../../etc/passwd rootCA.crl/ \
		revoked/HKD-revoked.crt %72ootCA.crl; do
		[[ $(http "$url/$path") == "HTTP/1.0 404 "* ]]
	done
	[[ $(http "$url/rootCA.crl" POST) == "HTTP/1.0 405 "* ]]
	[[ $(http "$url/rootCA.crl" HEAD | tail -n 1) == $'\r' ]]
}

@test "serve: stops on TERM and on INT, exit 0" {
	for signal in TERM INT; do
		rm -f serve.out
		serve m
		kill -$signal "$(cat serve.pid)"
		wait "$(cat serve.pid)"
	done
}

@test "serve: any free port, several machines, a CA's folder" {
	ultraviolet machine create -q n
	serve --port 0 m m/ca n
	[ "$(wc -l <serve.out)" = 2 ]
	[[ $(cat serve.out) != *:0/* ]]
	while read -r url; do
		[[ $(http "$url/rootCA.crl") == "HTTP/1.0 200 OK"* ]]
	done <serve.out
}

@test "serve: what cannot be served" {
	run -1 ultraviolet machine serve nothing
	run -2 ultraviolet machine serve
	run -2 ultraviolet machine serve m --port 70000
	run -2 ultraviolet machine serve m --port x
	serve m
	run -1 ultraviolet machine serve m
	[[ $output == *"Cannot listen on 127.0.0.1 port"* ]]
	ultraviolet machine create -q other --port "$(free_port)"
	run -1 ultraviolet machine serve m other
	[[ $output == *"different ports"* ]]
	ultraviolet machine create -q remote --crl-url http://crl.example.org/x/
	run -1 ultraviolet machine serve remote
	[[ $output == *"not this computer"* ]]
	grep -F '"http://crl.example.org/x"' remote/ca/ca.yaml
	rm -r m/ca
	run -1 ultraviolet machine serve m
}

@test "serve: expired lists are signed anew, the other files stay" {
	command -v faketime >/dev/null || skip "faketime is not installed"
	before=$(cat m/ca/*.crt m/ca/*.key | sha256sum)
	faketime '+400 days' "$(command -v ultraviolet)" machine serve -v --port 0 m >serve.out 2>serve.err 3>&- &
	echo $! >serve.pid
	for _ in {1..100}; do [ -s serve.out ] && break; sleep 0.1; done
	[ "$(grep -c 'out of date' serve.err)" = 3 ]
	run -0 faketime '+400 days' "$(command -v ultraviolet)" machine show m
	[[ $output != *"not valid now"* ]]
	[ "$before" = "$(cat m/ca/*.crt m/ca/*.key | sha256sum)" ]
}

@test "serve: without the CA's keys an expired list is only remarked" {
	command -v faketime >/dev/null || skip "faketime is not installed"
	rm m/ca/*.key
	faketime '+400 days' "$(command -v ultraviolet)" machine serve --port 0 m >serve.out 2>serve.err 3>&- &
	echo $! >serve.pid
	for _ in {1..100}; do [ -s serve.out ] && break; sleep 0.1; done
	[ "$(grep -c 'warning: .*out of date' serve.err)" = 3 ]
}

@test "serve: a document put among the revoked ones is refused from then on" {
	verify() {
		SSL_CERT_FILE=m/ca/rootCA.crt XDG_CACHE_HOME=$PWD/cache pvverify -k m/HKD-3931-AB123.crt \
			-C m/ca/DigiCertCA.crt -C m/ca/ibm-z-host-key-signing.crt
	}
	serve m
	verify
	run -1 env SSL_CERT_FILE=m/ca/rootCA.crt XDG_CACHE_HOME="$PWD/cache" pvverify -k m/ca/revoked/HKD-revoked.crt \
		-C m/ca/DigiCertCA.crt -C m/ca/ibm-z-host-key-signing.crt
	[[ $output == *revoked* ]]
	kill "$(cat serve.pid)"
	wait "$(cat serve.pid)"
	cp m/HKD-3931-AB123.crt m/ca/revoked/
	rm -r cache serve.out
	serve m
	run -1 verify
	[[ $output == *revoked* ]]
}

# --- export, import --------------------------------------------------------------

@test "export and import: the same machine again" {
	(umask 000 && ultraviolet machine export m m.uvk --passphrase-file pass --with-ca)
	[ "$(stat -c %a m.uvk)" = 600 ]
	(umask 000 && ultraviolet machine import m.uvk copy --passphrase-file pass)
	diff -r -x revoked m copy
	[ "$(stat -c %a copy copy/ca | sort -u)" = 700 ]
	[ "$(stat -c %a copy/*.pem copy/ca/*.key | sort -u)" = 600 ]
	diff <(ultraviolet machine show m | sed 's/\bm\//copy\//; s/ m / copy /; s/ m\/ca/ copy\/ca/') <(ultraviolet machine show copy)
}

@test "export: the CA's keys stay behind by default" {
	ultraviolet machine export m m.uvk --passphrase-file pass
	ultraviolet machine import m.uvk copy --passphrase-file pass
	[ "$(ls copy/ca/*.key 2>/dev/null)" = "" ]
	run -0 ultraviolet machine show copy
	[[ $output == *"Can sign:      no"* ]]
	run -1 ultraviolet machine export copy x.uvk --passphrase-file pass --with-ca
	[ ! -e x.uvk ]
}

@test "export: nothing is replaced unless asked, a machine without keys is refused" {
	echo old >m.uvk
	run -1 ultraviolet machine export m m.uvk --passphrase-file pass
	[ "$(cat m.uvk)" = old ]
	ultraviolet machine export m m.uvk --passphrase-file pass --overwrite
	[ "$(head -c 8 m.uvk)" = UVkeybdl ]
	rm m/host-key.pem
	run -1 ultraviolet machine export m x.uvk --passphrase-file pass
	[[ $output == *"no host key"* ]]
	run -2 ultraviolet machine export m
}

@test "export: no key is readable in the file" {
	ultraviolet machine export m m.uvk --passphrase-file pass --with-ca
	run -1 grep -aq 'PRIVATE KEY' m.uvk
	run -1 grep -aq 'AB123' m.uvk
}

@test "import: wrong passphrase, damaged file and no file are told apart" {
	ultraviolet machine export m m.uvk --passphrase-file pass
	echo wrong >wrong
	run -1 ultraviolet machine import m.uvk copy --passphrase-file wrong
	[[ $output == *"passphrase is not the one"* ]]
	cp m.uvk damaged.uvk
	printf x | dd of=damaged.uvk bs=1 seek=500 conv=notrunc status=none
	run -1 ultraviolet machine import damaged.uvk copy --passphrase-file pass
	[[ $output == *"damaged"* ]]
	head -c 1000 m.uvk >short.uvk
	run -1 ultraviolet machine import short.uvk copy --passphrase-file pass
	[[ $output == *"announces"* ]]
	run -1 ultraviolet machine import pass copy --passphrase-file pass
	run -1 ultraviolet machine import none copy --passphrase-file pass
	head -c 2000000 /dev/zero >huge.uvk
	run -1 ultraviolet machine import huge.uvk copy --passphrase-file pass
	[ ! -e copy ]
	run -1 ultraviolet machine import m.uvk m --passphrase-file pass
	[[ $output == *"exists already"* ]]
}

@test "passphrase files: one line, not empty, not too long" {
	printf 'no newline' >a
	ultraviolet machine export m a.uvk --passphrase-file a
	echo 'no newline' >b
	ultraviolet machine import a.uvk copy --passphrase-file b
	printf 'two\nlines\n' >two
	: >empty
	head -c 1025 /dev/zero | tr '\0' x >long
	for file in two empty long none; do
		run -1 ultraviolet machine export m x.uvk --passphrase-file $file
	done
	[ ! -e x.uvk ]
}

# on_terminal COMMAND ANSWER...: gives each answer when a prompt is there.
on_terminal() {
	local command=$1 prompts=0 answer
	shift
	rm -f log
	for answer; do
		prompts=$((prompts + 1))
		for _ in {1..100}; do
			[ "$(tr '\r' '\n' 2>/dev/null <log | grep -cE '(bundle|more): ?')" -ge $prompts ] && break
			sleep 0.1
		done
		printf '%s\n' "$answer"
	done | script -qefc "$command" log >/dev/null
}

@test "passphrases from a terminal: asked twice, not shown" {
	on_terminal "ultraviolet machine export m m.uvk" 'secret words' 'secret words'
	[ "$(grep -c 'secret words' log)" = 0 ]
	echo 'secret words' >p
	ultraviolet machine import m.uvk copy --passphrase-file p
	on_terminal "ultraviolet machine import m.uvk again" 'secret words'
	[ -f again/host-key.pem ]
}

@test "passphrases from a terminal: two that differ, Ctrl-C, no terminal at all" {
	run -1 on_terminal "ultraviolet machine export m x.uvk" one two
	grep differ log
	run -1 on_terminal "ultraviolet machine export m x.uvk" $'one\x03'
	grep 'No passphrase' log
	run -1 setsid -w ultraviolet machine export m x.uvk
	[[ $output == *"no terminal"*"--passphrase-file"* ]]
	[ ! -e x.uvk ]
}

# --- documents -------------------------------------------------------------------

@test "the page about generations is what the code says" {
	diff "$UV_ROOT/docs/reference/generations.md" <("$UV_BUILD/docs/generations-page")
}
