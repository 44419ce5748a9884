"""The errors that pywa tells apart by their class, ordered from the simulator or earned by breaking its
limits."""

import httpx
from pywa import WhatsApp, errors, types
from pywa.types.templates import TemplateLanguage

from hook import point, session
from program import NUMBER, within
from sent import ADA

STRANGER = "16505550000"


def refused(kind, code, call, *args, **kwargs):
    """The call is refused with exactly this class and code, in Meta's envelope."""
    try:
        answer = call(*args, **kwargs)
    except errors.WhatsAppError as error:
        assert (type(error), error.code) == (kind, code), f"expected {kind.__name__} {code}: {error!r}"
        assert error.fbtrace_id and error.type == "OAuthException", f"not Meta's envelope: {error!r}"
        return error
    raise AssertionError(f"expected {kind.__name__} {code}, was taken: {answer!r}")


def say(hook, text="Refused?", to=ADA["wa_id"]):
    return hook.wa.send_message(to=to, text=text)


def tokens(simulator, hook):
    """an expired token is 190/463, and so is one that nobody knows, without the subcode"""
    simulator.post("/faults", expire_tokens=True)
    expired = refused(errors.ExpiredAccessToken, 190, say, hook)
    assert (expired.subcode, expired.status_code) == (463, 401), expired
    simulator.post("/faults", expire_tokens=False)
    stranger = point(WhatsApp(phone_id=NUMBER, token="nobody's", session=session()), simulator.graph)
    unknown = refused(errors.ExpiredAccessToken, 190, stranger.send_message, to=ADA["wa_id"], text="Hi")
    assert unknown.subcode is None, unknown
    say(hook, "And now it is taken")


ORDERED = [
    (errors.RateLimitHit, {"http": 429, "code": 130429, "message": "Rate limit hit", "retry_after": 3}),
    (errors.RateLimitIssues, {"http": 400, "code": 80007, "message": "Rate limit issues"}),
    (errors.TooManyMessages, {"http": 400, "code": 131056, "message": "Pair rate limit hit"}),
    (errors.ReEngagementMessage, {"http": 400, "code": 131047, "message": "Re-engagement message"}),
    (errors.MessageUndeliverable, {"http": 400, "code": 131026, "message": "Message undeliverable"}),
    (errors.ServiceUnavailable, {"http": 500, "code": 131016, "message": "Try again", "transient": True}),
    # pywa has no class of its own for it.
    (errors.WhatsAppError, {"http": 400, "code": 100, "message": "Invalid parameter", "details": "why"}),
]


def ordered(simulator, hook):
    """throttling, pair limit, re-engagement, undeliverable, outage, bad parameter: each is its own class"""
    for kind, order in ORDERED:
        simulator.post("/faults", fail_next={"count": 1, "error": order})
        error = refused(kind, order["code"], say, hook, f"Refused with {order['code']}")
        assert error.status_code == order["http"] and order["message"] in error.message, error
        assert error.details == order.get("details") and bool(error.is_transient) == ("transient" in order), error
        after = error.raw_response.headers.get("retry-after")
        assert after == (str(order["retry_after"]) if "retry_after" in order else None), after
    assert not [m for m in simulator.phone(ADA) if m["text"].startswith("Refused")], "a refused message arrived"


def after_accept(simulator, hook):
    """131000 in spite of which the message is delivered"""
    error = {"http": 500, "code": 131000, "message": "Something went wrong", "after_accept": True}
    simulator.post("/faults", fail_next={"count": 1, "error": error})
    refused(errors.UnknownError, 131000, say, hook, "Delivered all the same")
    assert [m["text"] for m in simulator.phone(ADA)].count("Delivered all the same") == 1


def earned(simulator, hook):
    """Meta's own limits: the closed window, messages per second, lengths and counts"""
    simulator.post("/faults", enforce_window=True)
    refused(errors.ReEngagementMessage, 131047, say, hook, to=STRANGER)
    say(hook, "Inside the window")
    simulator.post("/faults", enforce_window=False, throughput=0)
    refused(errors.RateLimitHit, 130429, say, hook)
    simulator.post("/faults", throughput=None)
    refused(errors.WhatsAppError, 100, say, hook, "x" * 4097)
    refused(errors.WhatsAppError, 100, say, hook, "")
    four = [types.Button(f"Button {n}", str(n)) for n in range(4)]
    refused(errors.InvalidParameter, 131009, hook.wa.send_message, to=ADA["wa_id"], text="4", buttons=four)
    refused(errors.InvalidParameter, 131009, say, hook, to="123")


def unsupported(simulator, hook):
    """media and templates are refused with a Graph error, large uploads too, and pywa goes on"""
    wa, to = hook.wa, ADA["wa_id"]
    refused(errors.InvalidParameter, 131009, wa.send_image, to=to, image="https://example.com/a.png")
    for size in (100, 5 << 20):
        upload = {"to": to, "image": b"\x89" * size, "mime_type": "image/png"}
        assert refused(errors.WhatsAppError, 100, wa.send_image, **upload).subcode == 33
    refused(errors.InvalidParameter, 131009, wa.send_location, to=to, latitude=25.0, longitude=121.5)
    refused(errors.InvalidParameter, 131009, wa.send_reaction, to=to, emoji="👍", message_id="wamid.X")
    template = {"to": to, "name": "hello", "language": TemplateLanguage.ENGLISH_US, "params": []}
    refused(errors.TemplateNotExists, 132001, wa.send_template, **template)
    say(hook, "Still here")


def later(simulator, hook):
    """a message that fails later: pywa sees its typed error, the tracker, and no more than a number"""
    error = {"http": 400, "code": 131026, "message": "Message undeliverable", "details": "Message Undeliverable."}
    simulator.post("/faults", fail_later={"count": 1, "error": error})
    sent = hook.wa.send_message(to=STRANGER, text="Nobody there", tracker="job-43")
    status = hook.one("message_status", lambda s: s.id == sent.id)
    assert (status.status, status.tracker) == ("failed", "job-43"), status
    assert type(status.error) is errors.MessageUndeliverable and status.error.details, status.error
    assert (status.from_user.wa_id, status.from_user.bsuid) == (STRANGER, None), status.from_user


def away(simulator, hook):
    """an outage: nobody listens, or a 503 without a body that Meta would write"""
    simulator.post("/faults", outage="unavailable")
    try:
        say(hook)
        raise AssertionError("was taken")
    except errors.WhatsAppError as error:
        assert error.status_code == 503, error
    simulator.post("/faults", outage="refused")
    try:
        say(hook)
        raise AssertionError("was taken")
    except httpx.TransportError:
        pass
    simulator.post("/faults", calm=True)
    # It listens again a moment after the order; until then nothing is sent that could come twice.
    within("it listens again", lambda: back(hook))
    assert [m["text"] for m in simulator.phone(ADA)].count("Back again") == 1


def back(hook):
    try:
        return say(hook, "Back again")
    except httpx.ConnectError:
        return None


CHECKS = [tokens, ordered, after_accept, earned, unsupported, later, away]
