"""What pywa must not take, and the end: the account leaves and returns."""

import hashlib
import hmac
import json

import httpx
from pywa import errors

from errors_seen import refused, say
from sent import ADA
from program import ACCOUNT, NUMBER, SECRET, within


def sign(secret, body):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def by_hand(simulator, hook):
    """a webhook without a signature, with a wrong one, or changed after signing is refused"""
    body = json.dumps({"object": "whatsapp_business_account", "entry": []}).encode()
    cases = [(None, 401), (sign("another", body), 403), (sign(SECRET, body + b" "), 403)]
    for signature, expected in cases:
        headers = {"content-type": "application/json"}
        if signature:
            headers["x-hub-signature-256"] = signature
        answer = httpx.post(hook.url, content=body, headers=headers, timeout=5, trust_env=False)
        assert answer.status_code == expected, f"{signature}: {answer.status_code}, not {expected}"


def other_secret(simulator, hook):
    """what the simulator signs with another secret is refused, and taken once when the secret is right"""
    simulator.settle()
    hook.complaints.warnings.clear()
    simulator.link(hook.url, secret="another")
    said = simulator.says(ADA, "Signed wrongly at first")
    try:
        within("pywa refuses it twice", lambda: len(hook.complaints.warnings) > 1)
        assert all("signature" in warning for warning in hook.complaints.warnings), hook.complaints.warnings
        assert simulator.get("/")["waiting"] == 1 and not hook.all("message", lambda m: m.id == said)
    finally:
        simulator.link(hook.url)
    simulator.settle()
    assert hook.one("message", lambda m: m.id == said).text == "Signed wrongly at first"


def leaves_and_returns(simulator, hook):
    """an account that leaves: pywa is told, its sends are refused, and it is told of the return"""
    simulator.post("/offboard", id=ACCOUNT)
    hook.one("account_update", lambda u: u.event == "ACCOUNT_OFFBOARDED" and u.id == ACCOUNT)
    refused(errors.WhatsAppError, 133010, say, hook)
    simulator.post("/reconnect", id=NUMBER)
    hook.one("account_update", lambda u: u.event == "ACCOUNT_RECONNECTED")
    sent = say(hook, "Welcome back")
    within("it is read", lambda: hook.all("message_status", lambda s: s.id == sent.id and s.status == "read"))


CHECKS = [by_hand, other_secret, leaves_and_returns]
