# SPDX-License-Identifier: MIT
# dump_requests.py SOCKET: asks a guest for dumps in ways that no client should.
import array
import json
import os
import socket
import sys


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.lines = self.socket.makefile("r")
        assert "ultraviolet" in json.loads(self.lines.readline())

    def send(self, text, descriptors=()):
        passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        self.socket.sendmsg([text.encode()], passed if descriptors else [])

    def answer(self):
        while True:
            line = json.loads(self.lines.readline())
            if "event" not in line:
                return line

    def ask(self, text, descriptors=()):
        self.send(text + "\n", descriptors)
        return self.answer()

    def refusal(self, text, descriptors=()):
        return self.ask(text, descriptors)["error"]["desc"]


def main(path):
    reader, writer = os.pipe()
    read_only = os.open("/dev/null", os.O_RDONLY)
    dump = '{"execute": "dump"}'

    client = Client(path)
    assert "no descriptor" in client.refusal(dump)
    assert "true or false" in client.refusal(
        '{"execute": "dump", "arguments": {"pause": 7}}')
    # It is the last one that counts, and it serves one dump.
    client.send(" ", [writer])
    assert "Bad file descriptor" in client.refusal(dump, [read_only])
    assert "no descriptor" in client.refusal(dump)
    # More than one at once, and with what is no request for a dump.
    client.ask('{"execute": "status"}', [read_only, writer, reader])
    client.ask("rubbish", [writer] * 200)
    assert "configuration" in client.ask('{"execute": "status"}')["return"]
    client.socket.close()

    # Gone in the midst of it, without a word.
    for _ in range(3):
        client = Client(path)
        client.send(dump + "\n", [writer])
        client.socket.close()


main(sys.argv[1])
