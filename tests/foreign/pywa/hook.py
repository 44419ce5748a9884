"""A webhook that pywa answers: its own routes on a port of its own."""

import logging
import socket
import threading

import httpx
import uvicorn
from pywa import WhatsApp
from starlette.applications import Starlette

from program import ACCOUNT, NUMBER, PATIENCE, SECRET, TOKEN, VERIFY, within

KINDS = (
    "message", "callback_button", "message_status", "edited_message", "deleted_message", "outgoing_message",
    "outgoing_edited_message", "outgoing_deleted_message", "account_update",
)


class Complaints(logging.Handler):
    """pywa answers 200 first and reads later, so what it cannot read shows in its log alone."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.errors, self.warnings = [], []

    def emit(self, record):
        kept = self.errors if record.levelno >= logging.ERROR else self.warnings
        kept.append(logging.Formatter().format(record))


class Hook:
    def __init__(self, graph):
        self.seen, self.complaints = [], Complaints()
        logging.getLogger("pywa").addHandler(self.complaints)
        app = Starlette()
        # Duplicates are not skipped: what comes twice is to be seen twice.
        self.wa = WhatsApp(
            phone_id=NUMBER, token=TOKEN, session=session(), server=app, webhook_endpoint="/hook",
            verify_token=VERIFY, app_secret=SECRET, waba_id=ACCOUNT, skip_duplicate_updates=False,
        )
        point(self.wa, graph)
        for kind in KINDS:
            getattr(self.wa, f"on_{kind}")(self.keep(kind))
        port = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{port.getsockname()[1]}/hook"
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [port]}, daemon=True)
        self.thread.start()
        within("pywa's webhook listens", lambda: self.server.started)

    def keep(self, kind):
        return lambda _, update: self.seen.append((kind, update))

    def all(self, kind, fits):
        assert not self.complaints.errors, "pywa could not read a webhook:\n" + "\n".join(self.complaints.errors)
        return [update for seen, update in self.seen if seen == kind and fits(update)]

    def one(self, kind, fits):
        """The update that fits; a second one is a mistake."""
        within(f"{kind} arrives", lambda: self.all(kind, fits))
        found = self.all(kind, fits)
        assert len(found) == 1, f"{kind} came {len(found)} times: {found}"
        return found[0]

    def nothing_twice(self):
        """No message, no change and no step of the ladder came again."""
        names = [(kind, u.id, getattr(u, "status", None), getattr(u, "type", None), getattr(u, "event", None))
                 for kind, u in self.seen]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, f"came more than once: {twice}"

    def stop(self):
        self.server.should_exit = True
        self.thread.join(timeout=5)


def session():
    return httpx.Client(timeout=PATIENCE, trust_env=False)


def point(wa, graph):
    """pywa has no setting for another Graph API."""
    wa.api._session.base_url = f"{graph}/v25.0"
    return wa
