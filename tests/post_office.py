"""A small SMTP server on loopback: takes messages, refuses addresses, asks for a password (RFC 5321, RFC 4954)."""

from __future__ import annotations

import base64
import email
import socketserver
import threading
from contextlib import contextmanager
from email import policy


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        office = self.server.office
        self.say("220 loopback")
        sender, recipients = "", []
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                self.say("250-loopback\r\n250-8BITMIME\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                office.logins.append(base64.b64decode(line.split(" ")[2]).decode().split("\0")[1:])
                self.say("235 ok" if office.logins[-1][1] == office.password else "535 wrong")
            elif verb == "MAIL":
                sender, recipients = line.split("<")[1].split(">")[0], []
                self.say("250 ok")
            elif verb == "RCPT":
                address = line.split("<")[1].split(">")[0]
                refused = address in office.refused
                recipients += [] if refused else [address]
                self.say("550 no such user" if refused else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                office.take(sender, recipients, self.body())
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


class PostOffice:
    """What came in, and whom it refuses."""

    def __init__(self, password: str, refused: set[str]) -> None:
        self.password, self.refused = password, refused
        self.logins: list[list[str]] = []
        self.messages: list[tuple[str, list[str], email.message.EmailMessage]] = []
        self.port = 0

    def take(self, sender, recipients, data):
        self.messages.append((sender, recipients, email.message_from_bytes(data, policy=policy.default)))


@contextmanager
def post_office(password: str = "", refused: set[str] = frozenset()):
    """A running server."""
    office = PostOffice(password, set(refused))
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads, server.office = True, office
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()
