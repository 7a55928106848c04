"""A certificate made on this computer, for TLS on the photographer's own network: browsers warn of it once."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rigcoach.base.outputs import write_kept
from rigcoach.base.user_data import user_folder

# Browsers refuse certificates that hold for longer (CA/Browser Forum's limit of 398 days, which Apple applies to all).
_DAYS = 390
_SPARE_DAYS = 30
_HERE = "127.0.0.1"


def own_certificate(address: str = "") -> tuple[Path, Path]:
    """Return the files of a certificate for this computer, and for an address on its network, and of its key.

    They are kept, so that a browser that was told to trust it goes on doing so, and made anew where the address is
    another one or the certificate ends soon.

    Raises
    ------
    rigcoach.base.outputs.OutputError
        They cannot be written.
    """
    addresses = {ipaddress.ip_address(each) for each in (_HERE, address) if each}
    certificate, key = user_folder("studio") / "certificate.pem", user_folder("studio") / "certificate-key.pem"
    if not (key.is_file() and _holds(certificate, addresses)):
        _make(certificate, key, addresses)
    return certificate, key


def _holds(certificate: Path, addresses: "set[ipaddress.IPv4Address | ipaddress.IPv6Address]") -> bool:
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    named = set(names.get_values_for_type(x509.IPAddress))
    return addresses <= named and found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=_SPARE_DAYS)


def _make(certificate: Path, key: Path, addresses: "set[ipaddress.IPv4Address | ipaddress.IPv6Address]") -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rigcoach studio")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), *(x509.IPAddress(each) for each in sorted(addresses, key=str))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    write_kept(
        key,
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        mode=0o600,
    )
    write_kept(certificate, made.public_bytes(serialization.Encoding.PEM))
