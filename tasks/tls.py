"""TLS as a portal file asks for it."""

from __future__ import annotations

import functools
import ssl
import warnings

import certifi


@functools.cache
def tls_context(tls: str, socket_class: type[ssl.SSLSocket]) -> ssl.SSLContext:
    """The context for Portal.tls, shared by all portals that have the same; `socket_class` is what it wraps sockets in.

    "verify": as everywhere. "legacy": protocols and ciphers of old servers too, the certificate still checked.
    "insecure": as legacy, and any certificate will do (expired, of another name, self-signed).
    """
    context = ssl.create_default_context(cafile=certifi.where())
    context.sslsocket_class = socket_class
    if tls != "verify":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1, which is what is asked for
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    if tls == "insecure":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
