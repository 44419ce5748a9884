"""pywa, a WhatsApp client that is not ours, against our simulator: what it sends, the errors that it
tells apart, and the signed webhooks that it takes. Called with the path of the `colloquy` program."""

import signal
import sys

import errors_seen
import received
import sent
import unwelcome
from hook import Hook
from program import Simulator


def main(binary):
    # Told to stop, it cleans up as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    simulator = Simulator(binary)
    hook = None
    passed = 0
    try:
        hook = Hook(simulator.graph)
        simulator.link(hook.url)
        for module in (received, sent, errors_seen, unwelcome):
            for check in module.CHECKS:
                try:
                    check(simulator, hook)
                except BaseException:
                    print(f"FAILED  {check.__doc__}", flush=True)
                    raise
                passed += 1
                print(f"ok  {check.__doc__}", flush=True)
        simulator.settle()
        hook.nothing_twice()
    finally:
        if hook:
            hook.stop()
        simulator.stop()
    print(f"{passed} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
