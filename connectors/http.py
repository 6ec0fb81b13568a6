"""The one HTTP session of the hub: retry, rate, request ids, redaction, and errors by what happens next.

Every connector speaks through `HttpSession`. What a system means by its answers (pages, tokens, rows)
lives in that system's own module. Nothing here logs or raises a query value, a header value or a body.
"""

import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Container, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from connectors.redaction import redact_url
from connectors.transport import open_session
from include.core.errors import ConfigError, DriftDetected, HubError, RetriableError

log = logging.getLogger(__name__)

SUCCESS: Container[int] = range(200, 300)
RETRY_STATUSES: frozenset[int] = frozenset({429, 502, 503, 504})
# With these the server says that it did not do the work; a 502 or 504 may come after the work was done.
_NOT_PROCESSED = frozenset({429, 503})
_IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_SENT_ID_HEADERS = ("x-ms-client-request-id", "X-Request-ID")
_ANSWER_ID_HEADERS = ("x-ms-service-request-id", "x-ms-request-id", "request-id", "x-request-id")
_NEVER_SENT = (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)
_BROKEN_TRANSFER = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


def request_id_of(response: requests.Response) -> str | None:
    """The id under which the system filed the request, else the one we sent; quote it in a support call."""
    for name in _ANSWER_ID_HEADERS:
        if value := response.headers.get(name):
            return str(value)
    sent = response.request.headers if response.request is not None else {}
    return next((str(sent[name]) for name in _SENT_ID_HEADERS if name in sent), None)


def retry_after_of(response: requests.Response) -> float | None:
    """Seconds from `Retry-After`, in seconds or as a date; a date is read against the server's own clock."""
    raw = response.headers.get("Retry-After", "").strip()
    if not raw:
        return None
    try:
        return max(0.0, float(raw))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(raw).timestamp()
        now = response.headers.get("Date")
        return max(0.0, until - (parsedate_to_datetime(now).timestamp() if now else time.time()))
    except ValueError:
        return None


class HttpSession:
    """Requests to one system under one base address. Safe to share between threads.

    Args:
        system: name used in errors and logs ("portal", "neo", ...).
        base_url: every path is resolved under it; an absolute address must have the same origin.
        ca_bundle: PEM file of the authorities to trust; None = the system's own.
        headers: sent with every request (tokens belong here or in `authorise`).
        authorise: called before each attempt, returns headers to add; for tokens that expire.
        timeout: seconds to connect, and seconds without a byte while reading.
        max_attempts: tries in all, the first included.
        max_wait: a longer `Retry-After` is not slept here but raised: the scheduler waits instead.
        min_interval: least seconds between two requests (a simple rate limit); 0 = none.
        request_id_header: header that carries our id of the call; all tries of one call share it.
        sleep, jitter: replaced in tests.

    """

    def __init__(
        self,
        system: str,
        base_url: str,
        *,
        ca_bundle: Path | None = None,
        headers: Mapping[str, str] | None = None,
        authorise: Callable[[], Mapping[str, str]] | None = None,
        timeout: float = 30.0,
        max_attempts: int = 5,
        max_wait: float = 60.0,
        min_interval: float = 0.0,
        pool_size: int = 10,
        request_id_header: str = "X-Request-ID",
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if not base_url:
            raise ConfigError(
                where=system,
                problem="no address is configured",
                remedy=f"set HUB_{system.upper()}__URL (hub.env of the hub's home, or the environment)",
            )
        self.system = system
        self.base_url = base_url.rstrip("/") + "/"
        self.session = open_session(ca_bundle, timeout=timeout, pool_size=pool_size)
        self.session.headers.update({"User-Agent": "neo-hub/0.1", "Accept": "application/json"})
        self.session.headers.update(headers or {})
        self._authorise = authorise
        self._max_attempts = max_attempts
        self._max_wait = max_wait
        self._min_interval = min_interval
        self._request_id_header = request_id_header
        self._sleep = sleep
        self._jitter = jitter
        self._turn = threading.Lock()
        self._next_at = 0.0

    def __enter__(self) -> "HttpSession":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections."""
        self.session.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        expected: Container[int] = SUCCESS,
        idempotent: bool | None = None,
    ) -> requests.Response:
        """Send one request, again where that is safe, and hand back the answer whose status is in `expected`.

        A status in `expected` is always handed back as it is, 429 included: that is how a caller with
        a governor of its own takes over. `idempotent` says whether the call may be repeated when nobody
        knows if it was done (connection lost while reading, 502, 504); default: yes for GET, HEAD,
        OPTIONS, PUT and DELETE, no for the rest.

        Raises:
            RetriableError: throttled, unavailable or unreachable after all tries, or told to wait beyond
                `max_wait`.
            ConfigError: 401, 403, 407 or no TLS trust: a secret, a permission or a CA bundle is wrong.
            DriftDetected: any other status: the system no longer understands what it used to understand.

        """
        url = self._resolve(path)
        request_id = str(uuid.uuid4())
        repeatable = method.upper() in _IDEMPOTENT_METHODS if idempotent is None else idempotent
        for attempt in range(1, self._max_attempts + 1):
            last = attempt == self._max_attempts
            answer = self._attempt(method, url, request_id, headers, params=params, json=json, data=data)
            if isinstance(answer, requests.Response):
                if answer.status_code in expected:
                    return answer
                error = self._error_of(answer, method, url)
                repeat = answer.status_code in _NOT_PROCESSED or repeatable
                wait = retry_after_of(answer)
            else:
                error = self._unreachable(answer, method, url, request_id)
                repeat = repeatable or isinstance(answer, _NEVER_SENT)
                wait = None
            wait = self._backoff(attempt) if wait is None else wait
            if not isinstance(error, RetriableError) or last or not repeat or wait > self._max_wait:
                raise error from None
            log.info("%s: try %d of %s failed, again in %.1f s", self.system, attempt, redact_url(url), wait)
            self._sleep(wait)
        raise AssertionError("max_attempts is at least 1")

    def get_json(self, path: str, *, params: Mapping[str, Any] | None = None) -> Any:
        """GET and decode; a body that is not JSON is a drift, and is not quoted."""
        return self.json_of(self.request("GET", path, params=params))

    def json_of(self, response: requests.Response) -> Any:
        """Decoded body of an answer, or `DriftDetected` naming the address only."""
        try:
            return response.json()
        except requests.exceptions.JSONDecodeError:
            raise DriftDetected(
                source=self.system,
                problem=f"{redact_url(response.url)} answered something that is not JSON",
                remedy="open the address in a browser: a login page or a proxy's notice is the usual cause",
            ) from None

    def _attempt(
        self, method: str, url: str, request_id: str, headers: Mapping[str, str] | None, **body: Any
    ) -> requests.Response | requests.exceptions.RequestException:
        token = self._authorise() if self._authorise else {}
        sent = {self._request_id_header: request_id, **token, **(headers or {})}
        self._take_turn()
        started = time.monotonic()
        try:
            response = self.session.request(method, url, headers=sent, **body)
        except requests.exceptions.SSLError:
            raise ConfigError(
                where=f"{self.system} ({redact_url(url)})",
                problem="the server's certificate is not trusted",
                remedy="point HUB_CA_BUNDLE to the CA that signed it",
            ) from None
        except _BROKEN_TRANSFER as error:
            return error
        took = (time.monotonic() - started) * 1000
        status = response.status_code
        log.debug("%s %s %s: %d in %.0f ms [%s]", self.system, method, redact_url(url), status, took, request_id)
        return response

    def _error_of(self, response: requests.Response, method: str, url: str) -> HubError:
        """The error an unexpected answer means."""
        status = response.status_code
        asked = f"{method.upper()} {redact_url(url)}"
        request_id = request_id_of(response)
        if status in RETRY_STATUSES:
            return RetriableError(
                self.system,
                f"answered {status} to {asked}",
                retry_after=retry_after_of(response),
                status=status,
                request_id=request_id,
            )
        if status in (401, 403, 407):
            return ConfigError(
                where=self.system,
                problem=f"answered {status} to {asked} (request {request_id})",
                remedy=f"check the token or secret of {self.system} and what it is allowed to read",
            )
        return DriftDetected(
            source=self.system,
            problem=f"answered {status} to {asked} (request {request_id})",
            remedy="compare the address and parameters with the system's documentation: it may have changed",
        )

    def _unreachable(self, cause: Exception, method: str, url: str, request_id: str) -> RetriableError:
        # The text of a requests exception holds the whole address; its class says enough.
        problem = f"{type(cause).__name__} at {method.upper()} {redact_url(url)}"
        return RetriableError(self.system, problem, request_id=request_id)

    def _backoff(self, attempt: int) -> float:
        """0.5, 1, 2 ... 30 seconds, each shortened by up to half so that clients do not march in step."""
        return min(30.0, 0.5 * 2.0 ** (attempt - 1)) * (0.5 + self._jitter() / 2)

    def _take_turn(self) -> None:
        if self._min_interval <= 0:
            return
        with self._turn:
            now = time.monotonic()
            wait = max(0.0, self._next_at - now)
            self._next_at = max(now, self._next_at) + self._min_interval
        if wait:
            self._sleep(wait)

    def _resolve(self, path: str) -> str:
        url = path if "://" in path else urljoin(self.base_url, path.lstrip("/"))
        ours, theirs = urlsplit(self.base_url), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            # A next link to another host would carry our token there.
            raise DriftDetected(
                source=self.system,
                problem=f"a link leads to another host ({theirs.hostname})",
                remedy="if the system moved, change its address in the settings; strangers get no token",
            )
        return url
