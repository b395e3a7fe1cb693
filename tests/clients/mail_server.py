"""A mail server (aiosmtpd) with a user, at three ports: one that offers STARTTLS, one that is encrypted from the first byte, one that is neither.

Arguments: the folder with cert.pem and key.pem, the user, the password. Prints a line with the three ports, then a JSON object a line of what
happens: whom it let in, whom not, and each message. Started by the test in crates/cli/tests/cli/serve/told_tls.rs.
"""

import asyncio
import json
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, user, password = sys.argv[1:]
# Of a port that is encrypted from the first byte aiosmtpd does not know that it is.
warnings.simplefilter("ignore")


def tell(**what):
    print(json.dumps(what), flush=True)


def signed_in(port):
    def authenticate(server, session, envelope, mechanism, said):
        good = isinstance(said, LoginPassword) and said == LoginPassword(user.encode(), password.encode())
        tell(port=port, signed_in=good, mechanism=mechanism)
        return AuthResult(success=good, handled=False)

    return authenticate


class Taken:
    def __init__(self, port):
        self.port = port

    async def handle_DATA(self, server, session, envelope):
        encrypted = server.transport.get_extra_info("ssl_object") is not None
        tell(port=self.port, encrypted=encrypted, sender=envelope.mail_from, to=envelope.rcpt_tos, bytes=len(envelope.content))
        return "250 2.0.0 taken"


async def main():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
    kinds = {
        "starttls": ({"tls_context": tls, "require_starttls": True, "auth_required": True}, None),
        "tls": ({"auth_required": True, "auth_require_tls": False}, tls),
        "plain": ({}, None),
    }
    loop, ports, servers = asyncio.get_running_loop(), [], []
    for port, (options, encrypted) in kinds.items():
        if "auth_required" in options:
            options["authenticator"] = signed_in(port)

        def conversation(port=port, options=options):
            return SMTP(Taken(port), hostname="mail.example", **options)

        server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=encrypted)
        servers.append(server)
        ports.append(server.sockets[0].getsockname()[1])
    print(*ports, flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
