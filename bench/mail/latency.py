"""How long a message waits while messages come at a rate: from its end to the answer, and from the connection to it."""

import threading
import time


class Late(Exception):
    """The sender could not keep the rate, so that the figures would mean nothing."""


def measure(connect, posts, rate: int, seconds: float, senders=16):
    """Seconds that the end of each message waited for, and that each message took as a whole. Messages are due at even intervals whether or
    not earlier ones are answered: a slow answer does not make the next message later."""
    ends, wholes, faults = [], [], []
    lock = threading.Lock()
    start = time.monotonic() + 0.2
    total = int(rate * seconds)
    state = {"next": 0, "late": 0.0}

    def sender():
        while True:
            with lock:
                number = state["next"]
                state["next"] += 1
            if number >= total:
                return
            due = start + number / rate
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            begin = time.monotonic()
            marks = []
            try:
                connection = connect()
                connection.send(posts[number % len(posts)], at_end=lambda: marks.append(time.monotonic()))
                end = time.monotonic()
                connection.close()
            except Exception as fault:  # A thread's end must be seen.
                faults.append(fault)
                return
            with lock:
                state["late"] = max(state["late"], begin - due)
                ends.append(end - marks[0])
                wholes.append(end - begin)

    threads = [threading.Thread(target=sender) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    took = time.monotonic() - start
    if took > seconds * 1.1:
        raise Late(f"{total} messages took {took:.1f} s instead of {seconds:.1f} s")
    return {"messages": total, "seconds": took, "end": summary(ends), "whole": summary(wholes), "late": state["late"]}


def summary(values):
    """Milliseconds: the median, and what 95 and 99 of 100 do not exceed, and the longest."""
    values = sorted(values)
    at = lambda part: values[min(len(values) - 1, int(len(values) * part))] * 1000
    return {"median": at(0.5), "95": at(0.95), "99": at(0.99), "longest": values[-1] * 1000}
