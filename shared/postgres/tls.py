"""Make the TLS context that a mode asks for, and say in a sentence why a handshake failed and what to do."""

from __future__ import annotations

import ssl
from pathlib import Path

from shared.postgres.failures import TargetError
from shared.postgres.place import TlsFiles
from shared.targets import FailureKind

_HOME = Path("~/.postgresql")
_VERIFYING = frozenset({"verify-ca", "verify-full"})

_CERTIFICATE: dict[int, str] = {
    9: "is not valid yet: look at the clocks of both machines",
    10: "has expired: renew it on the server",
    18: "is self-signed: name it, or the authority that should have signed it, as sslrootcert",
    19: "is not signed by an authority of sslrootcert: name the file with the one that signed it",
    20: "is not signed by an authority of sslrootcert: name the file with the one that signed it",
    21: "is not signed by an authority of sslrootcert: name the file with the one that signed it",
    23: "was revoked: replace it on the server",
    62: "is for another host name: connect under a name that it holds, or check only who signed it (verify-ca)",
    64: "is for another IP address: connect under a name that it holds, or check only who signed it (verify-ca)",
}
"""OpenSSL's X509_V_ERR_… numbers → what is wrong with the server's certificate (X509_STORE_CTX_get_error(3))."""

_ALERTS: tuple[tuple[str, str], ...] = (
    ("CERTIFICATE_REQUIRED", "the server wants a certificate of ours: name it as sslcert, and its key as sslkey"),
    ("ALERT_UNKNOWN_CA", "the server does not know the authority that signed our certificate (sslcert)"),
    ("ALERT_BAD_CERTIFICATE", "the server refuses our certificate (sslcert)"),
    ("CERTIFICATE_EXPIRED", "our certificate (sslcert) has expired"),
    ("PROTOCOL_VERSION", "the server speaks no version of TLS that is still safe: enable TLS 1.2 or 1.3 on it"),
    ("UNSUPPORTED_PROTOCOL", "the server speaks no version of TLS that is still safe: enable TLS 1.2 or 1.3 on it"),
    ("WRONG_VERSION_NUMBER", "what answers there speaks no TLS"),
    ("HANDSHAKE_FAILURE", "the server and this machine have no cipher in common, or it wants a certificate (sslcert)"),
)
"""Part of OpenSSL's name of a failure → what to do; first match counts."""


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """Make a context.

    Raises:
        TargetError: `refused`, when a file is missing or unusable; says which one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # until it is known that a certificate is asked for
    context.verify_mode = ssl.CERT_NONE
    # Always offered: PostgreSQL 17 and later insist on it where no SSLRequest goes before (protocol-flow.html).
    context.set_alpn_protocols(["postgresql"])
    _load_authorities(context, files)
    _load_own(context, files)
    context.check_hostname = files.sslmode == "verify-full"
    return context


def _load_authorities(context: ssl.SSLContext, files: TlsFiles) -> None:
    if files.sslmode not in _VERIFYING | {"require"}:
        return
    if files.sslrootcert == "system":
        context.load_default_certs()
        context.verify_mode = ssl.CERT_REQUIRED
        return
    named = Path(files.sslrootcert or _HOME / "root.crt").expanduser()
    if not files.sslrootcert and not named.exists():
        if files.sslmode in _VERIFYING:
            raise _unusable(
                f"{files.sslmode} needs the certificate of the authority that signed the server's: name its file as "
                'sslrootcert, or "system" for the authorities that this machine trusts'
            )
        return
    try:
        context.load_verify_locations(cafile=named)
    except ssl.SSLError:
        raise _unusable(f"sslrootcert: {named} holds no certificate (expected PEM)") from None
    except OSError as error:
        raise _unusable(f"sslrootcert: {named} cannot be read: {error.strerror}") from None
    context.verify_mode = ssl.CERT_REQUIRED


def _load_own(context: ssl.SSLContext, files: TlsFiles) -> None:
    certificate = Path(files.sslcert or _HOME / "postgresql.crt").expanduser()
    key = Path(files.sslkey or _HOME / "postgresql.key").expanduser()
    if not files.sslcert and not certificate.exists():
        if files.sslkey:
            raise _unusable("sslkey is of no use without sslcert")
        return
    for name, path in (("sslcert", certificate), ("sslkey", key)):
        if not path.is_file():
            raise _unusable(f"{name}: there is no file {path}")
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")  # never asks at the terminal
    except ssl.SSLError as error:
        what = (
            "are no pair" if "MISMATCH" in (error.reason or "") else "cannot be used (expected PEM, without password)"
        )
        raise _unusable(f"sslcert and sslkey: {certificate} and {key} {what}") from None
    except OSError as error:
        raise _unusable(f"sslcert and sslkey: {certificate} and {key} cannot be read: {error.strerror}") from None


def _unusable(message: str) -> TargetError:
    return TargetError(FailureKind.REFUSED, message)


def explain_tls(error: ssl.SSLError) -> str:
    """Say why a handshake failed, and what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        what = _CERTIFICATE.get(error.verify_code, f"is refused: {error.verify_message}")
        return f"the server's certificate {what}"
    reason = error.reason or ""
    known = next((sentence for part, sentence in _ALERTS if part in reason), "")
    return known or f"the TLS handshake failed ({reason or 'the connection ended'})"
