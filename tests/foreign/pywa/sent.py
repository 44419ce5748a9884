"""What pywa sends: once on the customer's phone, and told of by statuses."""

import httpx
from pywa import types

from program import NUMBER, within

ADA = {"wa_id": "16505551234"}
LIN = {"user_id": "TW.77"}


def shown(simulator, who, wamid):
    """The message on the phone, which is there once."""
    found = [message for message in simulator.phone(who) if message["wamid"] == wamid]
    assert len(found) == 1, f"{wamid} is on the phone {len(found)} times"
    return found[0]


def text(simulator, hook):
    """a text is on the customer's phone once, under the id that pywa got"""
    sent = hook.wa.send_message(to=ADA["wa_id"], text="¿Abren hoy? 轉真人 😀")
    assert (sent.chat.id, sent.input) == (ADA["wa_id"], ADA["wa_id"]), sent
    message = shown(simulator, ADA, sent.id)
    assert (message["from"], message["app"], message["text"]) == ("Business", False, "¿Abren hoy? 轉真人 😀"), message


def buttons(simulator, hook):
    """buttons with a tracker: the tracker comes back with sent, delivered and read, each once"""
    sent = hook.wa.send_message(
        to=ADA["wa_id"], text="Pick", buttons=[types.Button("Yes", "y"), types.Button("No", "n")], tracker="job-42"
    )
    shown(simulator, ADA, sent.id)
    asked = next(s for s in simulator.get("/sends")["sends"] if s["wamid"] == sent.id)
    assert (asked["kind"], asked["reference"]) == ("interactive", "job-42"), asked
    for step in ("sent", "delivered", "read"):
        status = hook.one("message_status", lambda s: s.id == sent.id and s.status == step)
        assert (status.tracker, status.error) == ("job-42", None), status
        assert status.from_user.wa_id == ADA["wa_id"] and status.from_user.bsuid.startswith("US."), status.from_user
    pricing = hook.one("message_status", lambda s: s.id == sent.id and s.status == "sent").pricing
    assert pricing and pricing.model == "PMP", pricing
    pressed = simulator.says(ADA, button={"to": sent.id, "id": "y", "title": "Yes"})
    press = hook.one("callback_button", lambda b: b.id == pressed)
    assert (press.data, press.title, press.reply_to_message.id) == ("y", "Yes", sent.id), press


def choices(simulator, hook):
    """a list of choices is sent"""
    rows = [types.SectionRow(title="Today", callback_data="0"), types.SectionRow(title="Tomorrow", callback_data="1")]
    choices = types.SectionList(button_title="When", sections=[types.Section(title="Days", rows=rows)])
    shown(simulator, ADA, hook.wa.send_message(to=ADA["wa_id"], text="When?", buttons=choices).id)


def reply(simulator, hook):
    """a reply quotes the customer's message"""
    asked = simulator.says(ADA, "How much is it?")
    sent = hook.one("message", lambda m: m.id == asked).reply_text("Five dollars", quote=True)
    assert shown(simulator, ADA, sent.id)["reply_to"] == asked


def by_user_id(simulator, hook):
    """a customer who hides the number gets the answer by user id, and so do the statuses"""
    asked = simulator.says(LIN, "你好")
    message = hook.one("message", lambda m: m.id == asked)
    assert (message.from_user.wa_id, message.from_user.bsuid) == (None, "TW.77"), message.from_user
    sent = message.reply_text("哈囉")
    assert shown(simulator, LIN, sent.id)["text"] == "哈囉"
    read = hook.one("message_status", lambda s: s.id == sent.id and s.status == "read")
    assert (read.from_user.wa_id, read.from_user.bsuid) == (None, "TW.77"), read.from_user


def marks(simulator, hook):
    """marking as read and showing "typing" reach the phone"""
    asked = simulator.says(ADA, "Anyone there?")
    message = hook.one("message", lambda m: m.id == asked)
    assert message.mark_as_read().success and message.indicate_typing().success
    reads = [r for r in simulator.get("/reads")["reads"] if r["message_id"] == asked]
    assert [(r["phone_number_id"], r["typing"]) for r in reads] == [(NUMBER, False), (NUMBER, True)], reads


def cut(simulator, hook):
    """a connection cut before the answer: pywa hears nothing, the customer has it once"""
    simulator.post("/faults", drop_next=1)
    try:
        hook.wa.send_message(to=ADA["wa_id"], text="Into the dark")
        raise AssertionError("there was an answer")
    except httpx.TransportError:
        pass
    within("it is on the phone", lambda: [m["text"] for m in simulator.phone(ADA)].count("Into the dark") == 1)


CHECKS = [text, buttons, choices, reply, by_user_id, marks, cut]
