"""A mail server for tests that keeps what it takes."""

import socket

from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps each mail as (sender, receivers, text, whether it came by TLS)."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content.decode(), session.ssl is not None))
        return "250 OK"

    def subjects(self):
        return [mail[2].split("Subject: ")[1].split("\r\n")[0] for mail in self.mails]


def start_mail_server(mailbox, **options):
    """Starts a server on a free port, which somebody else may take meanwhile; returns its controller, to be stopped."""
    for attempt in range(10):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=60, **options)
        try:
            controller.start()
            return controller
        except OSError:
            if attempt == 9:
                raise
    raise AssertionError("not reached")
