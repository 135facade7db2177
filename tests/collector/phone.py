"""A phone for tests: keys, both chains, signed requests; and what it takes to run one against a collector."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import httpx
from anyio.from_thread import BlockingPortal
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.types import ASGIApp

from collector.accounts import request_statement
from ledger.envelope import disclosure, make_envelope, rfc3339, uuid7
from ledger.forms import Form
from ledger.signature import sign, spki

ROOT = Path(__file__).parents[2]
API = "/api/v1"


class Response(Protocol):
    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any: ...


class Client(Protocol):
    """Anything that asks over HTTP: a test client, or httpx at a real server."""

    def request(self, method: str, url: str, **kwargs: Any) -> Response: ...


class InProcess:
    """Asks an ASGI application in this process, as a browser would ask a server."""

    def __init__(self, app: ASGIApp, portal: BlockingPortal) -> None:
        self._portal = portal
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1", 5555))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    def request(self, method: str, url: str, **kwargs: Any) -> Response:
        return self._portal.call(partial(self._client.request, method, url, **kwargs))


def small_congress(folder: Path) -> Path:
    """A content folder of its own, with the collector's own words."""
    content = folder / "content"
    shutil.copytree(Path(__file__).with_name("small"), content)
    (content / "words").mkdir()
    used = ("problems", "office", "import", "safety", "photos", "unsent", "keys", "app_filling", "erasure")
    for name in (*used, "backup", "door"):
        shutil.copy(ROOT / f"content/words/{name}.yaml", content / "words")
    return content


class Phone:
    """One phone of one person."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.keys = {chain: ec.generate_private_key(ec.SECP256R1()) for chain in ("records", "proof")}
        self.spki = {chain: spki(key.public_key()) for chain, key in self.keys.items()}
        self.devices: dict[str, str] = {}
        self.ledger = ""
        self.chains: dict[str, tuple[int, str | None]] = {"records": (0, None), "proof": (0, None)}
        self._nonce = ""

    def hello(self) -> Any:
        said = self.client.request("GET", f"{API}/hello").json()
        self._nonce = said["nonce"]
        return said

    def enrol(self, code: str) -> Response:
        statement = f"mingbai/1 enrol\n{code}\n{self.spki['records']}\n{self.spki['proof']}"
        body = {"code": code, "keys": self.spki, "signature": sign(statement.encode(), self.keys["records"])}
        answer = self.client.request("POST", f"{API}/enrol", content=json.dumps(body).encode())
        if answer.status_code == 200:
            self.devices = answer.json()["devices"]
            self.ledger = answer.json()["ledger"]
        return answer

    def signed(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> Response:
        """A signed request to a path below the API, query included."""
        if not self._nonce:
            self.hello()
        target = API + target
        signature = sign(request_statement(method, target, body, self._nonce), key or self.keys["records"])
        mine = {
            "Mingbai-Device": self.devices.get("records", "nobody"),
            "Mingbai-Nonce": self._nonce,
            "Mingbai-Signature": signature,
            "Content-Type": "application/json",
        }
        return self.client.request(method, target, content=body, headers={**mine, **(headers or {})})

    def get(self, target: str, headers: Mapping[str, str] | None = None) -> Response:
        return self.signed("GET", target, headers=headers)

    def post(self, target: str, body: Any) -> Response:
        return self.signed("POST", target, json.dumps(body).encode())

    def record(
        self,
        form: Form,
        answers: Mapping[str, Any],
        replaces: str | None = None,
        /,
        chain: str | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
        **changed: Any,
    ) -> dict[str, Any]:
        """A finalised record, signed into its chain; `changed` overrides fields of the envelope."""
        chain = chain or ("proof" if form.proof else "records")
        seq, prev = self.chains[chain]
        disclosures = [disclosure(name, value) for name, value in answers.items()]
        fields: dict[str, Any] = {
            "ledger": self.ledger,
            "kind": form.kind,
            "form": form.version,
            "id": uuid7(time.time_ns() // 1_000_000, os.urandom(10)),
            "device": self.devices[chain],
            "seq": seq + 1,
            "prev": prev,
            "claimed_at": rfc3339(time.time_ns() // 1_000_000),
            "replaces": replaces,
            "disclosures": disclosures,
        }
        envelope = make_envelope(**{**fields, **changed})
        self.chains[chain] = (envelope.seq, envelope.digest)
        return {
            "envelope": envelope.text,
            "signature": sign(envelope.text.encode(), key or self.keys[chain]),
            "disclosures": disclosures,
        }

    def push(self, records: Sequence[Any], batch: str = "b-1", packed: bool = False) -> Response:
        body = json.dumps({"batch": batch, "records": list(records)}, ensure_ascii=False).encode()
        if packed:
            return self.signed("POST", "/push", gzip.compress(body), {"Content-Encoding": "gzip"})
        return self.signed("POST", "/push", body)

    def results(self, records: Sequence[Any]) -> list[Any]:
        """Push, and what became of each record."""
        answer = self.push(records)
        assert answer.status_code == 200, answer.content
        results: list[Any] = answer.json()["results"]
        return results


def id_of(record: Mapping[str, Any]) -> str:
    """The id in a record's envelope."""
    id: str = json.loads(record["envelope"])["id"]
    return id
