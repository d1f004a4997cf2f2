"""Appends, reads, follows and runs a persistent subscription with KurrentDB's
Python client: client.py CONNECTION CA-FILE. Fails at the first difference."""

import sys
import threading
import time
import uuid

from kurrentdbclient import KurrentDBClient, NewEvent, StreamState
from kurrentdbclient.exceptions import NotFoundError, WrongCurrentVersionError

watchdog = threading.Timer(60, lambda: (print("too slow", file=sys.stderr), __import__("os")._exit(1)))
watchdog.daemon = True
watchdog.start()

uri, ca = sys.argv[1:]
client = KurrentDBClient(uri=uri, root_certificates=open(ca, "rb").read())
stream = f"python-{uuid.uuid4()}"


def event(n):
    return NewEvent(type=f"{stream}.numbered-{n}", data=b'{"n": %d}' % n, metadata=b"{}")


def number(recorded):
    return int(recorded.type.rsplit("-", 1)[1])


first = [event(n) for n in (1, 2, 3)]
position = client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=first)
assert position > 0
assert client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=first) == position  # a repeat
try:
    client.append_to_stream(stream, current_version=7, events=[event(9)])
    raise SystemExit("a wrong version was accepted")
except WrongCurrentVersionError:
    pass
try:
    client.get_stream(stream + "-missing")
    raise SystemExit("a missing stream was found")
except NotFoundError:
    pass

assert [number(e) for e in client.get_stream(stream)] == [1, 2, 3]
assert [number(e) for e in client.get_stream(stream, backwards=True)] == [3, 2, 1]
assert [number(e) for e in client.read_stream(f"$et-{stream}.numbered-2", resolve_links=True)] == [2]
assert [number(e) for e in client.read_all(backwards=True, limit=3)] == [3, 2, 1]

seen = []
with client.subscribe_to_stream(stream) as subscription:
    for e in subscription:
        seen.append(number(e))
        if seen == [1, 2, 3]:
            client.append_to_stream(stream, current_version=2, events=[event(4)])
        if len(seen) == 4:
            break
assert seen == [1, 2, 3, 4], seen

seen = []
with client.subscribe_to_all(filter_include=[r".*numbered-\d+"], include_checkpoints=True, include_caught_up=True) as subscription:
    for e in subscription:
        if getattr(e, "stream_name", "") == stream:
            seen.append(number(e))
        elif type(e).__name__ == "CaughtUp":
            break
assert seen == [1, 2, 3, 4], seen

client.create_subscription_to_stream("group", stream, from_end=False)
taken, parked = [], 0
subscription = client.read_subscription_to_stream("group", stream)
for e in subscription:
    if number(e) == 2 and parked == 0:
        parked += 1
        subscription.nack(e, action="park")
        continue
    subscription.ack(e)
    taken.append(number(e))
    if len(taken) == 3:  # the answer to the second event travels on another call
        while client.get_subscription_info("group", stream).parked_message_count == 0:
            time.sleep(0.05)
        client.replay_parked_events("group", stream)
    if len(taken) == 4:
        break
subscription.stop()
assert taken == [1, 3, 4, 2], taken
assert client.get_subscription_info("group", stream).group_name == "group"
client.delete_subscription("group", stream)
client.close()
print("append, read, follow and persistent subscription work")
