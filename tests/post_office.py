"""SMTP servers on loopback (aiosmtpd): with and without encryption and passwords; they refuse, or go away."""

from __future__ import annotations

import datetime
import email
import ipaddress
import ssl
from contextlib import contextmanager
from email import policy
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


class PostOffice:
    """What came in, and whom it refuses.

    Args:
        leaves_after: goes away when it has taken so many messages.
    """

    def __init__(self, password: str, refused: set[str], leaves_after: int) -> None:
        self.password, self.refused, self.leaves_after = password, refused, leaves_after
        self.logins: list[list[str]] = []
        self.messages: list[tuple[str, list[str], email.message.EmailMessage]] = []
        self.encrypted: list[bool] = []
        self.port = 0

    def authenticate(self, server, session, envelope, mechanism, given):
        """Notes who logs in; one password is right."""
        self.logins.append([given.login.decode(), given.password.decode()])
        return AuthResult(success=given.password.decode() == self.password, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Takes or refuses an address."""
        if len(self.messages) >= self.leaves_after:
            server.transport.abort()
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        """Takes a message."""
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        found = email.message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.mail_from, envelope.rcpt_tos, found))
        return "250 taken"


class _Controller(Controller):
    """A controller at a port that the system chooses."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(password: str = "", refused: set[str] = frozenset(), leaves_after: int = 999, tls=None, at_once=False):
    """A running server.

    Args:
        tls: folder with the certificate; encryption is asked for by STARTTLS, or begins `at_once`.
    """
    office = PostOffice(password, set(refused), leaves_after)
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tls / "server.pem")
    how = {"ssl_context": context} if at_once else {"tls_context": context, "require_starttls": bool(tls)}
    if password:
        how |= {
            "auth_exclude_mechanism": ["LOGIN"],
            "authenticator": office.authenticate,
            "auth_required": True,
            "auth_require_tls": bool(tls) and not at_once,
        }
    controller = _Controller(office, hostname=HOST, port=0, **how)
    controller.start()
    try:
        office.port = controller.port
        yield office
    finally:
        controller.stop()


def certificates(folder: Path, host: str = HOST) -> Path:
    """A root (`根证书.pem`) and a server's certificate with its key (`server.pem`), made for the test."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("xltool test root", root_key, "xltool test root", root_key, x509.BasicConstraints(True, 0))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    own = _certificate("post office", key, "xltool test root", root_key, address)
    plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "根证书.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "server.pem").write_bytes(key.private_bytes(*plain) + own.public_bytes(serialization.Encoding.PEM))
    return folder


def _certificate(name, key, issuer, issuer_key, extension):
    now = datetime.datetime.now(datetime.UTC)
    title, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, issuer))
    made = x509.CertificateBuilder().subject_name(title).issuer_name(by).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    made = made.not_valid_after(now + datetime.timedelta(days=1)).add_extension(extension, critical=True)
    return made.sign(issuer_key, hashes.SHA256())
