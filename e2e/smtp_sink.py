"""A real SMTP server on loopback that keeps what it accepts: for tests.

    smtp_sink.py FOLDER [PORT]

Each accepted mail becomes one file FOLDER/<number>.eml, as it came (RFC 5322), with its envelope in front
as X-Envelope-From and X-Envelope-To. A file appears whole: it is written aside and then renamed. PORT 0 (as
without it) takes a free one. Prints one line, "ready 127.0.0.1:PORT", when it answers.

Faults on demand, by the recipient's local part:
    defer-…   refused with 451 the first two times, then accepted
    reject-…  refused with 550, always
"""

import asyncio
import itertools
import os
import signal
import sys
from collections import Counter

from aiosmtpd.smtp import SMTP

DEFERRALS = 2


class Sink:
    """aiosmtpd's handler."""

    def __init__(self, folder):
        self.folder = folder
        self.deferred = Counter()
        self.numbers = itertools.count(1)

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.partition("@")[0]
        if local.startswith("reject-"):
            return "550 5.1.1 No such mailbox"
        if local.startswith("defer-") and self.deferred[address] < DEFERRALS:
            self.deferred[address] += 1
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        head = f"X-Envelope-From: {envelope.mail_from}\r\n"
        head += "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos)
        # The process id keeps names unique when a sink is started again on the same folder.
        name = f"{os.getpid():07d}-{next(self.numbers):06d}.eml"
        aside = os.path.join(self.folder, f".{name}.part")
        with open(aside, "wb") as file:
            file.write(head.encode() + envelope.original_content)
        os.rename(aside, os.path.join(self.folder, name))
        return "250 OK"


async def main(folder, port):
    os.makedirs(folder, exist_ok=True)
    sink = Sink(folder)
    loop = asyncio.get_running_loop()

    def session():
        return SMTP(sink, hostname="sink.test", enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(session, "127.0.0.1", port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    print("ready 127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 0))
