#!/bin/bash
# SPDX-License-Identifier: MIT
# attest.sh FOLDER: a running guest proves what it is, gets secrets from its owner,
# and is asked again. Owner and guest take turns while the guest runs.
set -eu
. "$UV_ROOT/scripts/demo/lib.sh"
. "$UV_ROOT/tests/support/courier.bash"
cd "$1"

# wait_ready COUNT: until the guest has come up so many times.
wait_ready() {
	local i
	for ((i = 0; i < 600; i++)); do
		[ "$(grep -ac courier=ready guest.console)" -lt "$1" ] || return 0
		sleep 0.1
	done
	tail -n 30 guest.console guest.log >&2
	return 1
}

start_guest() {
	courier_disks guest
	: >guest.console
	echo "$ ultraviolet run --name demo-$$ --machine machine -- -kernel secure-linux ... &"
	timeout -k 5 120 ultraviolet run --name "demo-$$" --machine machine -- \
		-m 512 -display none -nodefaults -chardev file,id=console,path=guest.console \
		-device sclpconsole,chardev=console -kernel secure-linux "${COURIER_OPTIONS[@]}" \
		</dev/null >guest.log 2>&1 &
	at_end "kill $! 2>/dev/null && wait $! 2>/dev/null"
	wait_ready 1
}

# guest COMMAND [FILE...]: shows it as typed in the guest, where copies of the files are.
guest() {
	printf 'guest# %s\n' "$1"
	job "$@"
}

# refused STATUS PATTERN WHAT COMMAND...: the command has to end with this status and
# say why; that proves WHAT.
refused() {
	local status=0
	"${@:4}" >said 2>&1 || status=$?
	cat said
	[ $status -eq "$1" ] || {
		printf 'status %d, not %d\n' $status "$1" >&2
		return 1
	}
	expect "$2" said "$3"
}

# attest NAME IMAGE-DATA: one round: challenge, answer, verdict.
attest() {
	show pvattest create -q -k "$hkd" "${trust[@]}" --add-data "$2" \
		--arpk "$1.key" -o "$1.req"
	head -c 32 /dev/urandom >challenge
	guest "pvattest perform -u challenge $1.req /result/$1.resp" "$1.req" challenge
	cp "result/$1.resp" .
	show pvattest verify -i "$1.resp" --arpk "$1.key" --policy policy.json -o "$1.yaml"
}

title "1. The owner: a machine, an image for it, and its policy, made where the image is made"
show ultraviolet machine create machine --generation z16 --port $((20000 + RANDOM % 10000))
hkd=$(echo machine/HKD-*.crt)
trust=(--cert machine/ca/ibm-z-host-key-signing.crt --cert machine/ca/DigiCertCA.crt
	--root-ca machine/ca/rootCA.crt)
start_server machine
export XDG_CACHE_HOME=$PWD/cache
cp "$UV_GUESTS/trixie/vmlinuz" vmlinuz
courier_initrd trixie initrd.img
echo 'console=ttysclp0' >parmfile
for image in secure-linux other-linux; do
	show pvimg create -q -i vmlinuz -r initrd.img -p parmfile -o $image -k "$hkd" "${trust[@]}"
done
show pvattest policy secure-linux -k "$hkd" --format json -o policy.json

title "2. Somebody starts it; is it what it should be?"
start_guest
attest first phkh-img,phkh-att
proven "a running guest proved, to a fresh request, that it is the owner's image"
show pvattest check first.resp first.result --policy policy.json -u challenge
expect '^successful: true' first.result \
	"its machine, the request's machine and its answer to a challenge are what the policy wants"
show pvattest policy other-linux -k "$hkd" --format json -o other.json
refused 2 'not the same' "by the policy of another image it is refused" \
	show pvattest verify -i first.resp --arpk first.key --policy other.json

title "3. Secrets: one for this image, one for this start of it alone"
for name in image instance late; do
	bound=()
	[ $name != instance ] || bound=(--cuid first.yaml)
	show pvsecret create -q -k "$hkd" "${trust[@]}" --hdr secure-linux -o $name-request \
		"${bound[@]}" association $name-secret
done
guest "pvsecret add image-request" image-request
guest "pvsecret add instance-request" instance-request
guest "pvsecret lock"
guest "pvsecret list" >list
cat list
expect "$(sed -n 's/^id: //p' image-secret.yaml)" list "the guest lists the association secret"
expect "$(sed -n 's/^id: //p' instance-secret.yaml)" list \
	"the guest lists the secret that is bound to its configuration unique ID"
refused 1 0x0102 "nothing is added to a locked store" \
	guest "pvsecret add late-request" late-request

title "4. What was added? The owner asks again"
attest second secret-store-hash
show pvattest check second.resp second.result --secret-store-locked true \
	--secret image-request,instance-request
expect '^successful: true' second.result "the guest has exactly these secrets, and its store is locked"
refused 2 'store hash' "a store that took another request besides is noticed" \
	show pvattest check second.resp second.no --secret-store-locked true --secret image-request

title "5. The guest restarts"
order reboot
wait_ready 2
guest "pvsecret list" >list
cat list
expect '^Total number of secrets: 0' list "after a restart the store is empty"
refused 1 0x010c "the secret of the earlier instance is refused by the new one" \
	guest "pvsecret add instance-request" instance-request
