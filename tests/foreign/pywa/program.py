"""The simulator as a program, and its control API."""

import json
import os
import queue
import subprocess
import threading
import time

import httpx

NUMBER, ACCOUNT = "106540352242922", "102290129340398"
TOKEN, SECRET, VERIFY = "simulator-token", "s3cret", "vt"
# Long enough for a busy machine; nothing waits longer than this for anything.
PATIENCE = 20


def within(what, look):
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + PATIENCE
    while True:
        if found := look():
            return found
        assert time.monotonic() < end, f"{what}: not within {PATIENCE} s"
        time.sleep(0.02)


class Simulator:
    """The program, on ports of its own choice, and its control API."""

    def __init__(self, binary):
        command = [binary, "simulator", "--graph", "127.0.0.1:0", "--control", "127.0.0.1:0"]
        env = {**os.environ, "COLLOQUY_LOG": "info", "COLLOQUY_LOG_FORMAT": "json"}
        self.program = subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.lines = queue.Queue()
        # Read to the end, else the program would stop at a full pipe.
        threading.Thread(target=lambda: [*map(self.lines.put, self.program.stderr)], daemon=True).start()
        try:
            place = json.loads(self.lines.get(timeout=PATIENCE))["fields"]
        except BaseException:
            self.stop()
            raise
        self.graph = place["graph"]
        # Without the environment's proxies: everything here is on this machine.
        self.control = httpx.Client(base_url=place["control"], timeout=PATIENCE, trust_env=False)

    def get(self, path):
        return self.control.get(path).raise_for_status().json()

    def post(self, path, **order):
        answer = self.control.post(path, json=order)
        assert answer.status_code == 200, f"{path} {order}: {answer.status_code} {answer.text}"
        return answer.json()

    def link(self, hook, secret=SECRET):
        self.post(
            "/numbers", phone_number_id=NUMBER, display_phone_number="+1 555-078-3881", waba_id=ACCOUNT,
            business_id="506914307656634", verified_name="Lucky Shrub", access_token=TOKEN, app="default",
            app_secret=secret, callback_url=hook,
        )

    def says(self, who, text=None, **content):
        """A customer's message; gives back its id."""
        said = {"text": text} if text else {"content": content}
        return self.post("/customers/say", phone_number_id=NUMBER, **who, **said)["wamid"]

    def types(self, who, text=None, **content):
        """The same from the business's phone app."""
        said = {"text": text} if text else {"content": content}
        return self.post("/business/type", phone_number_id=NUMBER, **who, **said)["wamid"]

    def phone(self, who):
        """What the customer's phone shows."""
        threads = self.get(f"/threads?phone_number_id={NUMBER}")["threads"]
        fits = [t for t in threads if all(t["customer"][key] == who[key] for key in ("wa_id", "user_id") if key in who)]
        return fits[0]["messages"] if fits else []

    def settle(self):
        within("every webhook has its 200", lambda: self.get("/")["waiting"] == 0)

    def stop(self):
        self.program.terminate()
        try:
            self.program.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
