# A plugin of nbdkit: a memory stick in memory, of which every request takes its time, one
# after the other. It counts reads, writes, flushes and bytes written in a file, eight bytes each.
#
#   nbdkit python stick.py size=BYTES counters=FILE read=MS,MB/s write=MS,MB/s flush=MS
import io
import mmap
import struct
import time

import nbdkit

API_VERSION = 2
READS, WRITES, FLUSHES, WRITTEN = range(4)
settings = {}


def config(key, value):
    settings[key] = value


def get_ready():
    global costs, content, counters
    costs = [[float(part) for part in settings[kind].split(",")] for kind in ("read", "write", "flush")]
    content = mmap.mmap(-1, int(settings["size"]))
    with io.open(settings["counters"], "w+b") as f:
        f.truncate(32)
        counters = mmap.mmap(f.fileno(), 32)


def thread_model():
    return nbdkit.THREAD_MODEL_SERIALIZE_ALL_REQUESTS


def open(readonly):
    return 1


def get_size(h):
    return len(content)


def count(which, n):
    struct.pack_into("q", counters, 8 * which, struct.unpack_from("q", counters, 8 * which)[0] + n)


def take(which, began, n):
    ms, *speed = costs[which]
    count(which, 1)
    seconds = ms / 1e3 + (n / speed[0] / 1e6 if speed else 0)
    time.sleep(max(0, began + seconds - time.monotonic()))


def pread(h, buf, offset, flags):
    began = time.monotonic()
    buf[:] = content[offset : offset + len(buf)]
    take(READS, began, len(buf))


def pwrite(h, buf, offset, flags):
    began = time.monotonic()
    content[offset : offset + len(buf)] = bytes(buf)
    count(WRITTEN, len(buf))
    take(WRITES, began, len(buf))


def flush(h, flags):
    take(FLUSHES, time.monotonic(), 0)
