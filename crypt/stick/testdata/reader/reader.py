#!/usr/bin/env python3
"""An independent reader of a stick, written from FORMAT.md alone: Python's standard library and stock age.

    reader.py STICK KEY     STICK: the top folder; KEY: the stick's identity as a plain age identity file

It prints JSON: "files" gives each path and the SHA-256 of its content (folders end in "/" and have ""), "layers" those
that count, oldest first, and "warnings" what is missing, misplaced or no layer of this stick.
"""

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import unicodedata

CHUNK = 64 << 10
RECORDS = {"format", "layer", "stick", "time", "prev", "was", "below", "replaced", "hmac"}


def fail(why):
    sys.exit("reader: " + why)


def hkdf(secret, salt, info):
    key = hmac.digest(salt, secret, "sha256")
    return hmac.digest(key, info + b"\x01", "sha256")


class Identity:
    """An identity of the stick: the one in force, or a retired one."""

    def __init__(self, retired_after):
        self.retired_after = retired_after  # None, or the number of the last layer that may be its own
        self.fields, self.key = {}, None


def identities(text):
    """Reads the plaintext of a stick's key file ("Keys")."""
    found, retired = [], None
    for line in text.splitlines():
        if line.startswith("# retired-after "):
            value = line[len("# retired-after "):]
            retired = 0 if value == "-" else int(value.split(":")[0])
        elif line == "# stowage: stick identity v1":
            found.append(Identity(retired))
        elif line.startswith("# holder "):
            pass
        elif line.startswith("# ") and ": " in line:
            name, value = line[2:].split(": ", 1)
            found[-1].fields[name] = value
        elif line.startswith("AGE-SECRET-KEY-"):
            salt = found[-1].fields["stick"].encode()
            found[-1].key = hkdf(line.encode(), salt, b"stowage stick v1 layer header")
    return found


def note(top, identity):
    """Compares the note of the highest generation with the identity ("Note"); signatures are not checked here."""
    best = None
    for name in ("stick.note", "stick-b.note"):
        try:
            with open(os.path.join(top, "stowage", name), encoding="utf-8") as f:
                first, rest = f.read().split("\n", 1)
        except FileNotFoundError:
            continue
        if first != "stowage stick v1":
            fail("a newer format: " + first)
        content = json.JSONDecoder().raw_decode(rest)[0]
        if best is None or content["generation"] > best["generation"]:
            best = content
    if best is None:
        fail("there is no note")
    recipient = identity.fields["public key"].encode()
    if best["id"] != identity.fields["stick"] or best["recipient_sha256"] != hashlib.sha256(recipient).hexdigest():
        fail("the note is another stick's")


def digest(data):
    """The digest of an age file ("Digest")."""
    mac = data.index(b"\n--- ")
    end = data.index(b"\n", mac + 1) + 1
    payload = len(data) - end - 16
    last = (payload - 1) // (CHUNK + 16) * (CHUNK + 16)
    h = hashlib.sha256(b"stowage layer digest v1\n")
    for part in (data[:end], data[end:end + 16], data[end + 16 + last:]):
        h.update(len(part).to_bytes(8, "big") + part)
    h.update(len(data).to_bytes(8, "big"))
    return h.hexdigest()


def padded(size):
    """P of "Padding"."""
    step = 32 << 10
    if size > 1 << 20:
        e = size.bit_length() - 1
        step = 1 << (e - e.bit_length())
    return -(-size // step) * step


def pax(data):
    """The records of a pax extended header: LENGTH NAME=VALUE and a newline."""
    records = {}
    while data:
        length = int(data.split(b" ", 1)[0])
        name, value = data[:length].split(b" ", 1)[1].split(b"=", 1)
        records[name.decode()] = value[:-1].decode()
        data = data[length:]
    return records


def entries(tar):
    """Yields type, name, link's target, pax records and data of each entry of a tar."""
    at, extra = 0, {}
    while at < len(tar) and tar[at]:
        head, at = tar[at:at + 512], at + 512
        kind, text = chr(head[156]), lambda a, n: head[a:a + n].split(b"\0")[0].decode()
        size = int(extra.get("size") or text(124, 12).strip() or "0", 8 if "size" not in extra else 10)
        data, at = tar[at:at + size], at + -(-size // 512) * 512
        if kind == "x":
            extra = pax(data)
            continue
        name = text(345, 155) + "/" + text(0, 100) if text(345, 155) else text(0, 100)
        yield kind, extra.get("path", name), extra.get("linkpath", text(157, 100)), extra, data
        extra = {}
    if any(tar[at:]):
        fail("there is something behind the end of a tar")


class Layer:
    def __init__(self, name, data, tar):
        self.name, self.number, self.digest = name, int(name.split("-")[0]), digest(data)
        if not 0 <= padded(len(data)) - len(data) < 512 + 16:
            fail(name + " is not padded")
        self.entries = list(entries(tar))
        kind, _, _, _, header = self.entries.pop(0)
        records = pax(header) if kind == "g" else {}
        if any(not k.startswith("STOWAGE.") or k[8:] not in RECORDS for k in records):
            fail(name + " has other records in its header")
        self.head = {k[8:]: v for k, v in records.items()}
        self.signed = "".join(f"{k}={records[k]}\n" for k in sorted(records) if k != "STOWAGE.hmac").encode()

    def authentic(self, ids, stick):
        for i in ids:
            mac = hmac.new(i.key, self.signed, "sha256").hexdigest()
            if hmac.compare_digest(mac, self.head.get("hmac", "")):
                late = i.retired_after is not None and self.number > i.retired_after
                return not late and (self.head["layer"], self.head["stick"]) == (self.name, stick)
        return False

    def means(self, ref):
        number, value = ref.split(":")
        return int(number) == self.number and value in (self.digest, self.head.get("was"))


def counting(layers, warn):
    """The layers that count, oldest first ("Which layers count")."""
    order = sorted(layers, key=lambda l: (-l.number, "was" not in l.head))
    count, ref, below, lister = [], None, None, None
    for layer in order:
        if count and count[-1].number == layer.number and count[-1].head.get("was") == layer.digest:
            continue  # replaced by rotating
        if below is not None:
            mine = [r for r in below if int(r.split(":")[0]) == layer.number]
            if not mine:  # replaced by tidying
                remembered = lister.head.get("replaced", "").split(",")
                if "replaced" in lister.head and f"{layer.number}:{layer.digest[:16]}" not in remembered:
                    warn(f"{layer.name} is not among the replaced")
            elif layer.means(mine[0]):
                below.remove(mine[0])
                count.append(layer)
            else:
                warn(layer.name + " is not the one that counts")
            continue
        if count:
            number = 0 if ref == "-" else int(ref.split(":")[0])
            if layer.number > number or layer.number == number and not layer.means(ref):
                warn(layer.name + " does not count")
                continue
            if layer.number < number:
                warn("missing: layer " + ref)
        count.append(layer)
        ref = layer.head["prev"]
        if "below" in layer.head:
            lister, ref = layer, "-"
            below = layer.head["below"].split(",")
            if below.pop() != "-":
                fail("a list of layers without its end")
            if not re.fullmatch(r"(\d+:[0-9a-f]{16},)*\d+", layer.head.get("replaced", "0")):
                fail("a list of replaced layers in another form")
    for r in (below or []) + ([ref] if ref not in (None, "-") else []):
        warn("missing: layer " + r)
    return count[::-1]


def good(name):
    parts = name.split("/")
    return (name == unicodedata.normalize("NFC", name) and "\0" not in name and len(name.encode()) <= 4096
            and len(parts) <= 128 and all(0 < len(p.encode()) <= 255 and p not in (".", "..")
                                          and not p.startswith(".wh.") for p in parts))


def apply(tree, layer):
    """What a layer does to the tree: names to content, None for folders ("Entries")."""
    gone = []
    for kind, name, target, extra, data in layer.entries:
        folder, _, base = name.rpartition("/")
        if base.startswith(".wh."):
            gone.append((folder + "/" if folder else "") + base[4:])
            continue
        name = name[:-1] if kind == "5" and name.endswith("/") else name
        if kind not in "015" or not good(name) or set(extra) - {"path", "linkpath", "size", "mtime"}:
            fail(f"an entry that is not allowed: {name!r}")
        above = name.split("/")
        for depth in range(1, len(above)):
            tree.setdefault("/".join(above[:depth]), None)
        tree[name] = None if kind == "5" else tree[target] if kind == "1" else data
    for name in gone:
        for path in [p for p in tree if p == name or p.startswith(name + "/")]:
            del tree[path]


def main(top, key):
    with open(key, encoding="utf-8") as f:
        ids = identities(f.read())
    stick = ids[0].fields["stick"]
    note(top, ids[0])
    folder, warnings, layers = os.path.join(top, "stowage", "layers"), [], []
    names = os.listdir(folder) if os.path.isdir(folder) else []
    for file in sorted(n for n in names if re.fullmatch(r"\d{8,}-[0-9a-f]{8}\.age", n)):
        data, part = b"", file
        while part in names:
            with open(os.path.join(folder, part), "rb") as f:
                data += f.read()
            part = f"{file}.{int(part[len(file) + 1:] or 0) + 1:03}"
        age = subprocess.run(["age", "-d", "-i", key], input=data, capture_output=True)
        if age.returncode != 0:
            warnings.append(file + " is not whole")
            continue
        layer = Layer(file[:-4], data, age.stdout)
        if layer.authentic(ids, stick):
            layers.append(layer)
        else:
            warnings.append(file + " is not authentic")
    tree, count = {}, counting(layers, warnings.append)
    for layer in count:
        apply(tree, layer)
    files = {n + "/" if c is None else n: "" if c is None else hashlib.sha256(c).hexdigest() for n, c in tree.items()}
    json.dump({"files": files, "layers": [l.name for l in count], "warnings": warnings}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
