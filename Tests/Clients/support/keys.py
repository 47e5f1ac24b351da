"""RSA keys and certificates that the tests generate themselves, like owners of uploaded keys."""

import base64
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def key_pair(bits: int = 2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def certificate(key, *, starts: int = -1, days: int = 365) -> bytes:
    """Self-signed, PEM; `starts` and `days` count from today."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "unused")])
    begin = datetime.datetime.now(datetime.UTC).replace(microsecond=0) + datetime.timedelta(days=starts)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=days)).sign(key, hashes.SHA256()))
    return made.public_bytes(serialization.Encoding.PEM)


def upload_body(pem: bytes) -> dict:
    """The body of keys:upload."""
    return {"publicKeyData": base64.b64encode(pem).decode()}


def private_pem(key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode()


def key_file(sandbox_url: str, email: str, key_id: str, key) -> dict:
    """The file that an owner of an uploaded key writes."""
    return {
        "type": "service_account", "project_id": email.split("@")[1].split(".")[0],
        "private_key_id": key_id, "private_key": private_pem(key), "client_email": email,
        "token_uri": f"{sandbox_url}/token"}
