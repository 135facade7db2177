"""The collector's door: routes, limits, headers, problems. What it does with a record stands in `sync`."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp

from collector import accounts, drafts, mine, photos, reports, retired, safety, sync, tellers
from collector.door import Guard, read_sent, unpacked
from collector.lists import list_etag, listed_kinds, reference_list
from collector.refusal import Refusal, preferred, problem_json
from collector.state import Collector
from ledger import keyring
from ledger.envelope import rfc3339
from ledger.registry import Device
from ledger.room import FULL
from ledger.store import DiskFull, StoreFault, now_ms
from ledger.strict_json import write_json

log = logging.getLogger("mingbai.collector")
T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]
API = "/api/v1"
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$").search


PACKED = [Middleware(GZipMiddleware, minimum_size=1000)]
"""For what is large and the same for everybody. What is signed for one phone travels as it is."""


def application(collector: Collector) -> ASGIApp:
    """The ASGI application over one collector."""
    routes = [
        Route("/hello", _answering(hello)),
        Route("/enrol", _answering(enrol), methods=["POST"]),
        Route("/push", _answering(push), methods=["POST"]),
        Route("/forms", _answering(forms), middleware=PACKED),
        Route("/ref/{kind}", _answering(ref), middleware=PACKED),
        Route("/work", _answering(work)),
        Route("/counts", _answering(counts)),
        Route("/receipts", _answering(receipts), methods=["POST"]),
        Route("/pull", _answering(pull)),
        Route("/report", _answering(report), methods=["POST"]),
        Route("/blob/{sha256}", _answering(put_photo), methods=["PUT"]),
        Route("/blob/{sha256}", _answering(photo)),
        *(Route(path, _answering(_writing(run)), methods=[verb]) for verb, path, run in safety.ROUTES),
    ]
    app = Starlette(
        routes=[
            Mount(API, app=Router(routes, redirect_slashes=False)),
            Route("/{path:path}", _answering(the_app), middleware=PACKED),
        ],
        exception_handlers={HTTPException: _http_exception},
    )
    app.router.redirect_slashes = False  # an address is signed as it is asked for
    app.state.collector = collector
    app.state.threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="collector")
    app.state.photos = ThreadPoolExecutor(max_workers=2, thread_name_prefix="photos")
    app.state.judges = ThreadPoolExecutor(max_workers=3, thread_name_prefix="judge")
    return Guard(app, collector)


# -- the open calls --


async def hello(request: Request) -> Response:
    """What a phone must know before anything else: who we are, the time, a nonce, limits, what is new."""
    c = _collector(request)
    await _thread(request, c.refresh)
    now = now_ms()
    return _json(
        {
            "protocol": ["mingbai/1"],
            "ledger": c.store.ledger_id,
            "epoch": c.store.epoch,
            "server_time": rfc3339(now),
            "nonce": c.nonces.issue(now),
            "limits": {"records": sync.MAX_RECORDS, "bytes": sync.MAX_BYTES, "photo": photos.MOST},
            "oldest_app": c.congress.oldest_app,
            "position": c.store.position,
            "safe_position": c.store.safe_position,
            "forms": c.forms_etag(),
            "refs": await _thread(request, _list_etags, c),
            "congress": {"name": dict(c.congress.name)},
            "certificates": keyring.in_force(c.store.keys, "receipt", "export"),
            "duties": c.congress.duties.for_phone() if c.congress.duties else None,
            "site": c.addresses.get("www"),
            "data": c.addresses.get("data"),
        }
    )


async def enrol(request: Request) -> Response:
    """An invitation's code and two keys in, a pending pair of devices out."""
    c = _collector(request)
    body = sync.read_body(await _body(request))
    address = request.client.host if request.client else ""
    return _json(await _thread(request, accounts.enrol, c.store, body, c.throttle, address, now_ms()))


async def forms(request: Request) -> Response:
    """Every form in force, as the phone asks it."""
    c = _collector(request)
    await _thread(request, c.refresh)
    return _cached(
        request, c.forms_etag(), lambda: {"forms": [f.for_phone() for f in c.store.current.values()]}
    )


# -- the signed calls --


async def push(request: Request) -> Response:
    """Records in; a result each and a receipt out, after the fsync."""
    c = _collector(request)
    device, data = await _signed(request)
    if device.state == "pending":
        raise Refusal(403, "push.pending")
    # Threads of their own, so that a rush of records does not keep the short questions waiting.
    batch, incoming = await asyncio.get_running_loop().run_in_executor(
        request.app.state.judges, c.judging.judge, data, c.writer(device), c.store.forms, c.store.ledger_id
    )
    done = await asyncio.wrap_future(c.store.submit(incoming))
    answer = _json(sync.answer(batch, done, c.store.ledger_id, c.store.epoch, c.store.keys, c.words))
    # After the answer, so that no receipt waits for the drafts.
    answer.background = BackgroundTask(_thread, request, drafts.forget_filed, c, device, done.outcomes)
    return answer


async def ref(request: Request) -> Response:
    """One list to choose from."""
    c = _collector(request)
    device, _ = await _signed(request)
    if device.state != "active":
        raise Refusal(403, f"push.{device.state}")
    kind = request.path_params["kind"]
    if kind not in listed_kinds(c.store.current):
        raise Refusal(404, "push.no_such_list")

    def read() -> tuple[str, list[dict[str, Any]]]:
        with c.ledger() as ledger:
            form = c.store.current[kind]
            etag = list_etag(ledger, form, c.store.current)
            return etag, reference_list(ledger, form, c.store.current, c.store.forms, device.role)

    etag, records = await _thread(request, read)
    return _cached(request, etag, lambda: {"kind": kind, "records": records}, {"Vary": "Mingbai-Device"})


async def counts(request: Request) -> Response:
    """The counts of a ballot, for those who declare its result; nothing before two tellers have filed."""
    c = _collector(request)
    device, _ = await _signed(request)
    if device.state != "active":
        raise Refusal(403, f"push.{device.state}")
    return _json(await _thread(request, tellers.counts, c, device, request.query_params.get("ballot", "")))


async def work(request: Request) -> Response:
    """What this person has to do, with all that it takes to do it without a signal."""
    c = _collector(request)
    device, _ = await _signed(request)
    if device.state != "active":
        raise Refusal(403, f"push.{device.state}")
    etag, answer = await _thread(request, c.desk.work, c, device)
    return _cached(request, etag, lambda: answer, {"Vary": "Mingbai-Device"})


async def receipts(request: Request) -> Response:
    """How the device stands, and the durable state of records it asks about."""
    c = _collector(request)
    device, data = await _signed(request)
    ids = mine.read_ids(sync.read_body(data))
    return _json(await _thread(request, mine.receipts, c, device, ids))


async def report(request: Request) -> Response:
    """How a phone is doing: kept beside the ledger as its last report."""
    c = _collector(request)
    device, data = await _signed(request)
    return _json(await _thread(request, reports.take, c.store.home, device, data, now_ms()))


async def pull(request: Request) -> Response:
    """The person's own records as the server has them, a page at a time."""
    c = _collector(request)
    device, _ = await _signed(request)
    if device.state != "active":
        raise Refusal(403, f"push.{device.state}")
    return _json(await _thread(request, mine.pull, c, device, request.query_params.get("cursor", "")))


def _writing(run: safety.Answer) -> Handler:
    """A call that is answered to every phone that may write."""

    async def answer(request: Request) -> Response:
        c = _collector(request)
        device, data = await _signed(request)
        if device.state != "active":
            raise Refusal(403, f"push.{device.state}")
        return _json(await _thread(request, run, c, device, safety.Asked(request.path_params, data)))

    answer.__name__ = getattr(run, "__name__", "")  # as the log names it
    return answer


async def put_photo(request: Request) -> Response:
    """The bytes of a photo, or some of them; how far it has come out."""
    c = _collector(request)
    device, _ = accounts.claimed(c.store.devices, c.nonces, request.headers, now_ms())
    if device.state == "pending":
        raise Refusal(403, "push.pending")
    sending = photos.sending(request.path_params["sha256"], request.query_params, request.headers)
    async with c.photos.read(request) as sent:
        _signer(request, sent)
        come = await asyncio.get_running_loop().run_in_executor(
            request.app.state.photos, photos.take, c, device, sending, sent
        )
    return _json(come.told(c.words), come.headers)


async def photo(request: Request) -> Response:
    """How much of a photo is there (HEAD), or the copy of it that may be shown (GET)."""
    c = _collector(request)
    device, _ = await _signed(request)
    if device.state == "pending":
        raise Refusal(403, "push.pending")
    digest = photos.digest(request.path_params["sha256"])
    if request.method == "HEAD":
        come = await _thread(request, photos.come, c, device, digest)
        return Response(headers={"Cache-Control": "no-store", **come.headers})
    if device.state != "active":
        raise Refusal(403, f"push.{device.state}")
    small = request.query_params.get("size") == "small"
    copy = await asyncio.get_running_loop().run_in_executor(
        request.app.state.photos, photos.shown, c, device, digest, small
    )
    return Response(copy, headers={"Cache-Control": "no-store"}, media_type="image/jpeg")


# -- the app itself --


async def the_app(request: Request) -> Response:
    """The built phone app: what carries a digest in its name is kept for ever, all else asks again."""
    c = _collector(request)
    path = request.path_params["path"] or "index.html"
    if path == "sw.js":
        await _thread(request, c.refresh)
        if c.congress.retire_app:
            return Response(retired.WORKER, headers={"Cache-Control": "no-cache"}, media_type=_MEDIA[".js"])
    file = await _thread(request, _file, c.app, path)
    fixed = file.parent.name == "assets" and _HASHED(file.name)
    cache = "public, max-age=31536000, immutable" if fixed else "no-cache"
    return FileResponse(file, headers={"Cache-Control": cache}, media_type=_MEDIA.get(file.suffix))


_MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}


def _file(app: Path, path: str) -> Path:
    try:
        file = (app / path).resolve(strict=True)
    except (OSError, ValueError):
        raise Refusal(404, "push.not_found" if app.is_dir() else "push.no_app") from None
    if not file.is_file() or not file.is_relative_to(app.resolve()):
        raise Refusal(404, "push.not_found")
    return file


# -- bodies, signatures, answers --


async def _signed(request: Request) -> tuple[Device, bytes]:
    """The device that signed this request, and its body unpacked."""
    sent = await read_sent(request)
    return _signer(request, sent), unpacked(request, sent)


def _signer(request: Request, sent: bytes) -> Device:
    c = _collector(request)
    target = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1")
    if request.url.query:
        target += f"?{request.url.query}"
    return accounts.signer(c.store.devices, c.nonces, request.headers, request.method, target, sent, now_ms())


async def _body(request: Request) -> bytes:
    return unpacked(request, await read_sent(request))


def _json(value: Any, headers: Mapping[str, str] | None = None) -> Response:
    body = value if isinstance(value, bytes) else write_json(value).encode()
    return Response(body, 200, {"Cache-Control": "no-store", **(headers or {})}, "application/json")


def _cached(
    request: Request, etag: str, value: Callable[[], Any], more: Mapping[str, str] | None = None
) -> Response:
    headers = {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache", **(more or {})}
    if request.headers.get("if-none-match", "").removeprefix("W/") == f'"{etag}"':
        return Response(status_code=304, headers=headers)
    return _json(value(), headers)


def _list_etags(c: Collector) -> dict[str, str]:
    with c.ledger() as ledger:
        return {
            kind: list_etag(ledger, c.store.current[kind], c.store.current)
            for kind in listed_kinds(c.store.current)
        }


async def _thread(request: Request, run: Callable[..., T], *args: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(request.app.state.threads, run, *args)


def _collector(request: Request) -> Collector:
    collector: Collector = request.app.state.collector
    return collector


# -- what goes wrong --


def _answering(handler: Handler) -> Handler:
    """A handler whose refusals become problem+json, whatever happens."""

    async def answer(request: Request) -> Response:
        c = _collector(request)
        lang = preferred(request.headers.get("accept-language"))
        try:
            return await handler(request)
        except Refusal as refusal:
            return problem_json(refusal, c.words, lang)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to hear it
        except DiskFull:
            return problem_json(_disk_full(), c.words, lang)
        except StoreFault:
            return problem_json(Refusal(503, "push.stopped", headers={"Retry-After": "30"}), c.words, lang)
        except Exception as fault:
            if isinstance(fault, OSError) and fault.errno in FULL:
                return problem_json(_disk_full(), c.words, lang)
            log.exception("%s %s", request.method, getattr(handler, "__name__", ""))
            return problem_json(Refusal(500, "push.our_fault"), c.words, lang)

    return answer


def _disk_full() -> Refusal:
    # Not 507: every phone knows 503 as a reason to come back later.
    return Refusal(503, "push.disk_full", headers={"Retry-After": "60"})


async def _http_exception(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    key = {404: "push.not_found", 405: "push.method"}.get(fault.status_code, "push.shape")
    lang = preferred(request.headers.get("accept-language"))
    refusal = Refusal(fault.status_code, key, headers=fault.headers)
    return problem_json(refusal, _collector(request).words, lang)
