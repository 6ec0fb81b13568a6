"""The sign-in service of the directory: both discovery documents and the client-credentials token endpoint."""

import hmac
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.sandbox.neo.identity import Identity
from include.sandbox.neo.tokens import TokenIssuer


def origin(request: Request) -> str:
    """Scheme, host and port as the client used them; every absolute URL is built from it."""
    return f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}".lower()


def login_routes(identity: Identity, issuer: TokenIssuer) -> list[Route]:
    """The routes below `/<tenant>/`."""
    tenant = f"/{identity.tenant}"

    async def discovery(request: Request) -> Response:
        return JSONResponse(_discovery(origin(request) + tenant))

    async def token(request: Request) -> Response:
        form = await request.form()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        status, payload = _answer(identity, issuer, fields, origin(request))
        return JSONResponse(payload, status, {"Cache-Control": "no-store", "Pragma": "no-cache"})

    return [
        Route(f"{tenant}/v2.0/.well-known/openid-configuration", discovery),
        Route(f"{tenant}/.well-known/openid-configuration", discovery),
        Route(f"{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
    ]


def _discovery(base: str) -> dict[str, Any]:
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }


def _answer(
    identity: Identity, issuer: TokenIssuer, fields: dict[str, str], own_origin: str
) -> tuple[int, dict[str, Any]]:
    if fields.get("grant_type") != "client_credentials":
        return _refusal(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
    client_id = fields.get("client_id", "")
    application = identity.application(client_id)
    if application is None:
        return _refusal(
            400, "unauthorized_client", 700016,
            f"Application with identifier '{client_id[:60]}' was not found in the directory '{identity.tenant}'.",
        )  # fmt: skip
    if not hmac.compare_digest(application.client_secret.encode(), fields.get("client_secret", "").encode()):
        return _refusal(
            401, "invalid_client", 7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
            f"not the client secret ID, for a secret added to app '{application.client_id}'.",
        )  # fmt: skip
    scope = fields.get("scope", "").strip()
    if not scope.endswith("/.default"):
        return _refusal(
            400, "invalid_scope", 1002012,
            f"The provided value for scope {scope[:100]} is not valid. Client credential flows must have a scope "
            "value with /.default suffixed to the resource identifier (application ID URI).",
        )  # fmt: skip
    resource = scope.removesuffix("/.default").rstrip("/").lower()
    known = {own_origin, *(item.lower() for item in identity.resources)}
    if resource not in known:
        return _refusal(
            400, "invalid_resource", 500011,
            f"The resource principal named {resource[:100]} was not found in the tenant named {identity.tenant}.",
        )  # fmt: skip
    token, lifetime = issuer.issue(application, resource)
    return 200, {
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    }


def _refusal(status: int, error: str, number: int, text: str) -> tuple[int, dict[str, Any]]:
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    trace, correlation = str(uuid4()), str(uuid4())
    description = f"AADSTS{number}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}"
    return status, {
        "error": error,
        "error_description": description,
        "error_codes": [number],
        "timestamp": moment,
        "trace_id": trace,
        "correlation_id": correlation,
    }
