#!/usr/bin/env python3
"""Checks what a record's author signed. Needs Python 3.8 or newer, and nothing else. 核验一条记录的签名。

    python3 verify.py CODE.proof.json CODE.json [PUBLIC-KEY]
    python3 verify.py CODE.proof.json CODE.json keys.json [RECOVERY-KEY]
    python3 verify.py RECEIPT.json keys.json [RECOVERY-KEY]

CODE.proof.json is what was signed, CODE.json what the page says; both stand beside the page. With PUBLIC-KEY
(as it stands in another proof, or as you were given it) only that key is believed. keys.json, from download/
of the site, tells whether a key is the office's: the recovery key has certified it. With RECOVERY-KEY, as it
stands on the office's paper, no other recovery key is believed. RECEIPT.json is a receipt of a phone.
Exit code: 0 all holds, 1 something does not, 2 the files could not be read. What this proves and what not:
docs/verify.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from typing import Any, Tuple  # noqa: UP035

# The curve P-256 (FIPS 186-5, SP 800-186).
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
BEFORE_THE_POINT = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
FIELDS = ("v", "ledger", "kind", "form", "id", "device", "seq", "prev", "claimed_at", "replaces", "_sd")
PROOF = {
    "format",
    "code",
    "kind",
    "address",
    "page_sha256",
    "envelope",
    "signature",
    "public_key",
    "disclosures",
}

CERTIFICATE, RECEIPT = "mingbai-certificate-v1\n", "mingbai-receipt-v1\n"

# x/z², y/z³ and z of a point; z is 0 at infinity.
Point = Tuple[int, int, int]  # noqa: UP006 - older Pythons know no other spelling here


class Wrong(Exception):
    """Something does not hold."""


def unb64u(text: str) -> bytes:
    """The bytes of a base64url text without padding; every text but the one right spelling is refused."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError) as fault:
        raise Wrong("not base64url") from fault
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise Wrong("not base64url")
    return data


def digest(text: str) -> str:
    """SHA-256 of a text as envelopes write it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def point(key: str) -> tuple[int, int]:
    """The point of a public key as it travels (SubjectPublicKeyInfo)."""
    data = unb64u(key)
    if len(data) != 91 or data[:27] != BEFORE_THE_POINT:
        raise Wrong("the public key is not a P-256 key 公钥不是 P-256")
    x, y = int.from_bytes(data[27:59], "big"), int.from_bytes(data[59:], "big")
    if x >= P or y >= P or (y * y - (x * x * x - 3 * x + B)) % P:
        raise Wrong("the public key is not on the curve 公钥不在曲线上")
    return x, y


def double(a: Point) -> Point:
    """Twice a point."""
    x, y, z = a
    if not z or not y:
        return 0, 1, 0
    s = 4 * x * y * y % P
    m = 3 * (x - z * z) * (x + z * z) % P
    u = (m * m - 2 * s) % P
    return u, (m * (s - u) - 8 * y * y * y * y) % P, 2 * y * z % P


def add(a: Point, b: Point) -> Point:
    """The sum of two points."""
    if not a[2]:
        return b
    if not b[2]:
        return a
    za, zb = a[2] * a[2] % P, b[2] * b[2] % P
    ua, ub = a[0] * zb % P, b[0] * za % P
    sa, sb = a[1] * zb * b[2] % P, b[1] * za * a[2] % P
    if ua == ub:
        return double(a) if sa == sb else (0, 1, 0)
    h, r = (ub - ua) % P, (sb - sa) % P
    hh = h * h % P
    hhh, v = h * hh % P, ua * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - sa * hhh) % P, h * a[2] * b[2] % P


def signed(data: bytes, signature: str, key: str) -> bool:
    """Whether `signature` (r and s, 64 bytes) is `key`'s over the bytes `data`: ECDSA P-256, SHA-256."""
    raw = unb64u(signature)
    if len(raw) != 64:
        return False
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, N - 2, N)
    u = int.from_bytes(hashlib.sha256(data).digest(), "big") * inverse % N
    v = r * inverse % N
    g: Point = (*G, 1)
    q: Point = (*point(key), 1)
    both = add(g, q)
    total: Point = (0, 1, 0)
    for bit in range(255, -1, -1):
        total = double(total)
        one, other = u >> bit & 1, v >> bit & 1
        if one and other:
            total = add(total, both)
        elif one or other:
            total = add(total, g if one else q)
    if not total[2]:
        return False
    return total[0] * pow(total[2], 2 * (P - 2), P) % P % N == r


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, refused where a name stands in it twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Wrong("a name stands twice in the JSON 有重复的名字")
    return made


def _no_number(name: str) -> Any:
    raise ValueError(name + " is no number of JSON")


def read(text: str, what: str) -> Any:
    """Strict JSON."""
    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise Wrong(what + " is not JSON 不是 JSON: " + str(fault)) from fault


def disclosed(proof: dict[str, Any], sd: set[str]) -> dict[str, Any]:
    """The answers that the proof discloses, each of which the envelope names by its digest."""
    answers: dict[str, Any] = {}
    for text in proof["disclosures"]:
        if not isinstance(text, str) or digest(text) not in sd:
            raise Wrong("a disclosure is not among what was signed 有一项不在签名的原文里: " + str(text)[:60])
        part = read(text, "a disclosure")
        if not isinstance(part, list) or len(part) != 3 or part[1] in answers:
            raise Wrong("a disclosure is not [salt, name, value] 有一项的写法不对")
        answers[part[1]] = part[2]
    return answers


def bare(value: Any) -> Any:
    """A value without what was not answered: in an envelope that is absent, in a row it is empty."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items() if each is not None}
    return value


def same(one: Any, other: Any) -> bool:
    """Equal, and not only in the sense in which true is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return bool(one == other)


def check(
    proof_text: str, page_text: str, key: str | None = None
) -> tuple[dict[str, Any], list[str], list[str]]:
    """The fields that are proved, and those that are not; Wrong where something does not hold."""
    proof, page = read(proof_text, "the proof"), read(page_text, "the page")
    if not isinstance(proof, dict) or set(proof) != PROOF or proof["format"] != "mingbai-proof/1":
        raise Wrong("this is not a proof 这不是 proof.json")
    if not isinstance(page, dict) or page.get("format") != "mingbai-record/1":
        raise Wrong("this is not a page's JSON 这不是页面的 JSON")
    if key is not None and proof["public_key"] != key:
        raise Wrong("it was signed by another key 是另一把钥匙签的")
    if not signed(proof["envelope"].encode(), proof["signature"], proof["public_key"]):
        raise Wrong("the signature does not hold 签名对不上")
    envelope = read(proof["envelope"], "the envelope")
    if not isinstance(envelope, dict) or tuple(envelope) != FIELDS or proof["envelope"][0] != "{":
        raise Wrong("the envelope is not one 原文的写法不对")
    for name in ("code", "kind", "address"):
        if proof[name] != page.get(name):
            raise Wrong("proof and page are not of the same record 两个文件不是同一条记录: " + name)
    if envelope["kind"] != page["kind"]:
        raise Wrong("another kind of record was signed 签的是另一类记录")
    answers, values = disclosed(proof, set(envelope["_sd"])), page["values"]
    for name, value in answers.items():
        if not same(bare(value), bare(values.get(name))):
            raise Wrong("the page says something else than was signed 页面和签名的原文不一样: " + name)
    if hashlib.sha256(page_text.encode()).hexdigest() != proof["page_sha256"]:
        raise Wrong("the page's JSON is not the one this proof was published with 页面的 JSON 改动过")
    rest = [name for name, value in values.items() if value is not None and name not in answers]
    return envelope, sorted(answers), rest


def certified(keys_text: str, recovery: str | None = None) -> dict[str, tuple[str, str]]:
    """Each key that the recovery key has certified: for which use and from when; Wrong where one is not."""
    keys = read(keys_text, "the keys")
    if not isinstance(keys, dict) or keys.get("format") != "mingbai-keys/1":
        raise Wrong("this is not a file of keys 这不是 keys.json")
    root = keys["recovery_key"]
    if recovery is not None and root != recovery:
        raise Wrong("the keys are certified by another recovery key 是另一把恢复密钥")
    found: dict[str, tuple[str, str]] = {}
    for each in keys["certificates"]:
        text = each["statement"]
        if not text.startswith(CERTIFICATE) or not signed(text.encode(), each["signature"], root):
            raise Wrong("the recovery key has not certified a key 有一把钥匙没有恢复密钥的签名")
        said = read(text[len(CERTIFICATE) :], "a certificate")
        if (said["use"], said["key"], said["from"]) != (each["use"], each["key"], each["from"]):
            raise Wrong("a certificate says something else 证书和旁边写的不一样")
        found[said["key"]] = (said["use"], said["from"])
    return found


def check_receipt(receipt_text: str, keys_text: str, recovery: str | None = None) -> dict[str, Any]:
    """What a phone's receipt states, under a key that is certified for receipts; Wrong where it is not."""
    receipt = read(receipt_text, "the receipt")
    text, key = receipt["statement"], receipt["key"]
    if not text.startswith(RECEIPT) or not signed(text.encode(), receipt["signature"], key):
        raise Wrong("the receipt's signature does not hold 回执的签名对不上")
    if certified(keys_text, recovery).get(key, ("",))[0] != "receipt":
        raise Wrong("the receipt is signed by a key that is not certified for receipts 不是公章签的回执")
    stated: dict[str, Any] = read(text[len(RECEIPT) :], "the receipt")
    return stated


def whose(proof_text: str, keys_text: str, recovery: str | None = None) -> str | None:
    """From when the recovery key has certified the signer as the office; None where it is a phone's key."""
    use, since = certified(keys_text, recovery).get(read(proof_text, "the proof")["public_key"], ("", ""))
    if use not in ("", "office"):
        raise Wrong("it was signed by a key that is certified for something else 这把钥匙不是签记录用的")
    return since or None


def is_receipt(text: str) -> bool:
    """Whether a file is a receipt; it is checked later."""
    try:
        return set(read(text, "the receipt")) == {"statement", "signature", "key"}
    except (Wrong, TypeError):
        return False


def main(arguments: list[str]) -> int:
    """What the command line does."""
    if len(arguments) not in (2, 3, 4):
        print(__doc__)
        return 2
    named = 3 if len(arguments) > 2 and arguments[2].endswith(".json") else 2
    texts, more = [], arguments[named:]
    try:
        for path in arguments[:named]:
            with open(path, encoding="utf-8", newline="") as file:
                texts.append(file.read())
    except (OSError, ValueError) as fault:
        print(fault)
        return 2
    try:
        lines = (of_receipt if is_receipt(texts[0]) else of_record)(texts, *more)
    except (Wrong, KeyError, TypeError, AttributeError, IndexError, ValueError) as fault:
        print("✗ does not hold 对不上: " + str(fault))
        return 1
    print("✓ holds 对得上")
    for line in lines:
        print("  " + line)
    return 0


def of_record(texts: list[str], key: str | None = None) -> list[str]:
    """What is said of a record whose two files hold; a third text is the file of keys."""
    envelope, proved, rest = check(texts[0], texts[1], key if len(texts) == 2 else None)
    who = []
    if len(texts) == 3:
        since = whose(texts[0], texts[2], key)
        who.append(
            "signed by the office, certified by the recovery key 人大办签的，恢复密钥认可，自 " + since
            if since
            else "signed by a phone, whose owner no certificate names 手机签的，没有证书写明是谁的"
        )
    return [
        *who,
        "signed by the device 签名的设备: " + envelope["device"],
        "at, by its own clock 设备的时间: " + envelope["claimed_at"],
        "proved, as signed 签名证明的: " + (", ".join(proved) or "-"),
        "not signed in this form 签名没有证明的: " + (", ".join(rest) or "-"),
    ]


def of_receipt(texts: list[str], recovery: str | None = None) -> list[str]:
    """What is said of a receipt that holds."""
    if len(texts) != 2:
        raise Wrong("a receipt is checked with keys.json alone 核验回执只要 keys.json")
    stated = check_receipt(texts[0], texts[1], recovery)
    lines = ["%s: %s" % (name, stated[name]) for name in ("ledger", "position", "chain", "server_time")]  # noqa: UP031
    return ["a receipt of the office 人大办的回执", *lines]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
