"""Peers at work: do they come to what was expected, and how many messages do they get through?"""

import itertools
import threading
import time

# A peer is given several messages at a time, so that it never waits for the sender.
CONNECTIONS = 8


def agreement(peer, posts, table):
    """Asks about each message once; gives, for each method, the differences from our verdicts: kind of message, ours, theirs, how many."""
    connection = peer.connect()
    differences = {}
    try:
        for post in posts:
            theirs = connection.verdicts(post)
            for method in peer.methods:
                if theirs[method] != table[post.file][method]:
                    key = (method, post.kind, table[post.file][method], theirs[method])
                    differences[key] = differences.get(key, 0) + 1
    finally:
        connection.close()
    return differences


def drive(connect, posts, seconds):
    """Sends messages for some seconds over several connections; gives how many, and how long it took."""
    numbers = itertools.count()
    counts, faults = [], []
    end = time.monotonic() + seconds

    def sender():
        count = 0
        try:
            connection = connect()
            while time.monotonic() < end:
                connection.check(posts[next(numbers) % len(posts)])
                count += 1
            connection.close()
        except Exception as fault:  # A thread's end must be seen.
            faults.append(fault)
        counts.append(count)

    start = time.monotonic()
    threads = [threading.Thread(target=sender) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(counts), time.monotonic() - start


def round_of(connect, programs, posts, seconds):
    """One measurement, in the form that `throughput` has too, and with the system's share apart."""
    before = [program.processor() for program in programs]
    count, took = drive(connect, posts, seconds)
    after = [program.processor() for program in programs]
    user = sum(late[0] - early[0] for early, late in zip(before, after))
    system = sum(late[1] - early[1] for early, late in zip(before, after))
    return {"count": count, "seconds": took, "processor": user + system, "system": system}
