"""What pywa receives: signed webhooks from the customer's phone and from the business's own."""

from sent import ADA, LIN
from program import ACCOUNT, NUMBER, VERIFY

NAMED = {**ADA, "name": "Ada / 愛達"}


def handshake(simulator, hook):
    """the handshake is answered to the right verify token alone"""
    assert simulator.post("/handshake", app="default", verify_token=VERIFY) == {"verified": True}
    assert simulator.post("/handshake", app="default", verify_token="wrong") == {"verified": False}


def text(simulator, hook):
    """a customer's text, in any script, in the modern shape"""
    said = simulator.says(NAMED, "轉真人 😀 a/b \\ \"q\" é")
    message = hook.one("message", lambda m: m.id == said)
    assert (message.type, message.text) == ("text", "轉真人 😀 a/b \\ \"q\" é"), message
    assert (message.waba_id, message.metadata.phone_number_id) == (ACCOUNT, NUMBER), message
    user = message.from_user
    assert (user.wa_id, user.name) == (ADA["wa_id"], NAMED["name"]) and user.bsuid.startswith("US."), user


def quote(simulator, hook):
    """a text that quotes a message of ours"""
    ours = hook.wa.send_message(to=ADA["wa_id"], text="Which one?").id
    said = simulator.says(ADA, reply={"to": ours, "text": "This one"})
    message = hook.one("message", lambda m: m.id == said)
    assert (message.text, message.reply_to_message.id) == ("This one", ours), message


def reaction(simulator, hook):
    """a reaction, and its removal"""
    ours = hook.wa.send_message(to=ADA["wa_id"], text="React!").id
    for emoji in ("👍", None):
        said = simulator.says(ADA, reaction={"to": ours, "emoji": emoji})
        seen = hook.one("message", lambda m: m.id == said).reaction
        assert (seen.message_id, seen.emoji) == (ours, emoji), seen


def image(simulator, hook):
    """an image with its caption"""
    node = {"id": "1003383421387256", "mime_type": "image/jpeg", "sha256": "SfInY0gGKTsJ+FAD0FZ=", "caption": "This?"}
    said = simulator.says(ADA, other={"kind": "image", "node": node})
    message = hook.one("message", lambda m: m.id == said)
    assert (message.image.id, message.image.sha256, message.caption) == (node["id"], node["sha256"], "This?")


def changes(simulator, hook):
    """an edited and a deleted message"""
    first = simulator.says(ADA, "Tow")
    change = simulator.says(ADA, edit={"of": first, "text": "Two"})
    edit = hook.one("edited_message", lambda m: m.id == change)
    assert (edit.original_message_id, edit.message.text) == (first, "Two"), edit
    change = simulator.says(ADA, revoke={"of": first})
    assert hook.one("deleted_message", lambda m: m.id == change).original_message_id == first


def ghost(simulator, hook):
    """the unreadable placeholder (131060), then the message itself under the same id"""
    simulator.post("/faults", ghosts={"rate": 1, "millis": [0, 50]})
    said = simulator.says(ADA, "First unreadable")
    placeholder = hook.one("message", lambda m: m.id == said and m.type == "unsupported")
    assert placeholder.error.code == 131060, placeholder
    assert hook.one("message", lambda m: m.id == said and m.type == "text").text == "First unreadable"
    simulator.post("/faults", ghosts={"rate": 0})


def echoes(simulator, hook):
    """what is typed, edited and deleted in the business's phone app"""
    for who in (ADA, LIN):
        typed = simulator.types(who, "Yes, form my phone")
        echo = hook.one("outgoing_message", lambda m: m.id == typed)
        assert echo.text == "Yes, form my phone" and echo.to_user.wa_id == who.get("wa_id"), echo
        assert who.get("user_id") in (None, echo.to_user.bsuid), echo
    change = simulator.types(LIN, edit={"of": typed, "text": "Yes, from my phone"})
    edit = hook.one("outgoing_edited_message", lambda m: m.id == change)
    assert (edit.original_message_id, edit.message.text) == (typed, "Yes, from my phone"), edit
    change = simulator.types(LIN, revoke={"of": typed})
    assert hook.one("outgoing_deleted_message", lambda m: m.id == change).original_message_id == typed


CHECKS = [handshake, text, quote, reaction, image, changes, ghost, echoes]
