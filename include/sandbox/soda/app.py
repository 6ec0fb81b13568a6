"""The SODA 2.1 door: `/resource/<id>.json|csv`, the dataset's card, throttling and Socrata's way of saying no."""

import csv
import io
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from include.sandbox.control import CallPool, Clock, Control, utc_now
from include.sandbox.soda.dataset import DEFAULT_LIMIT, ROW_ID, UPDATED_AT, Answer, Dataset
from include.sandbox.soda.soql import SoqlError

RUES = "c82u-588k"
FREE_CALLS_PER_MINUTE = 60
_KNOWN = frozenset({"$select", "$where", "$order", "$limit", "$offset", "$q", "$$app_token"})
_REFUSED = frozenset({"$group", "$having", "$query"})
_STATUS = {"dataset.missing": 404, "permission_denied": 403, "too_many_requests": 429}


def create_soda_app(
    datasets: Mapping[str, Dataset],
    app_tokens: frozenset[str],
    control_token: str,
    *,
    free_calls: int = FREE_CALLS_PER_MINUTE,
    now: Clock = utc_now,
) -> FastAPI:
    """The service over datasets by id. Calls without one of `app_tokens` share `free_calls` a minute."""
    app = FastAPI(title="datos.gov.co (SODA 2.1)", docs_url=None, redoc_url=None)
    control = Control(control_token, now)
    pool = CallPool(free_calls)
    router = control.install(app)
    _add_controls(router, datasets, now)
    app.include_router(router)

    @app.exception_handler(SoqlError)
    def refuse(_: Request, error: SoqlError) -> JSONResponse:
        body = {"code": error.code, "error": True, "message": str(error)}
        return JSONResponse(body, status_code=_STATUS.get(error.code, 400))

    @app.get("/resource/{name}")
    def resource(name: str, request: Request) -> Response:
        dataset_id, _, form = name.partition(".")
        params = dict(request.query_params)
        _check_token(request, params, app_tokens, pool)
        dataset = _dataset(datasets, dataset_id)
        answer = _ask(dataset, params)
        headers = {"X-SODA2-Fields": ",".join(answer.columns), "Last-Modified": dataset.last_update()}
        if form == "csv":
            return Response(_as_csv(answer), media_type="text/csv; charset=UTF-8", headers=headers)
        if form in ("", "json"):
            return JSONResponse(_as_records(answer), headers=headers)
        raise SoqlError("query.unsupported-format", f"There is no format {form} here; use json or csv")

    @app.get("/api/views/{name}")
    def card(name: str) -> dict[str, Any]:
        dataset_id = name.removesuffix(".json")
        dataset = _dataset(datasets, dataset_id)
        return {
            "id": dataset_id,
            "rowsUpdatedAt": dataset.last_update(),
            "rowCount": dataset.count(),
            "columns": [{"fieldName": column, "dataTypeName": "text"} for column in dataset.columns],
        }

    return app


def _check_token(request: Request, params: Mapping[str, str], known: frozenset[str], pool: CallPool) -> None:
    token = request.headers.get("X-App-Token") or params.get("$$app_token")
    if token and token not in known:
        raise SoqlError("permission_denied", "Invalid app_token specified")
    if not token and pool.admit() is not None:
        raise SoqlError("too_many_requests", "You have exceeded your request limit; use an application token")


def _dataset(datasets: Mapping[str, Dataset], dataset_id: str) -> Dataset:
    if dataset_id not in datasets:
        raise SoqlError("dataset.missing", "Not found")
    return datasets[dataset_id]


def _ask(dataset: Dataset, params: Mapping[str, str]) -> Answer:
    """`name=value` is short for an equality, any number of which may stand beside `$where`."""
    conditions = [f"({params['$where']})"] if params.get("$where") else []
    for name, value in params.items():
        if name in _REFUSED:
            raise SoqlError("query.compiler.malformed", f"{name} is not supported by this stand-in")
        if name.startswith("$") and name not in _KNOWN:
            raise SoqlError("query.compiler.malformed", f"Unrecognized argument: {name}")
        if not name.startswith("$"):
            conditions.append(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'")
    return dataset.ask(
        select=params.get("$select"),
        where=" and ".join(conditions) or None,
        order=params.get("$order"),
        search=params.get("$q"),
        limit=_whole(params, "$limit", DEFAULT_LIMIT),
        offset=_whole(params, "$offset", 0),
    )


def _whole(params: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(params.get(name, default))
    except ValueError:
        raise SoqlError("query.compiler.malformed", f"{name} must be a whole number") from None


def _as_records(answer: Answer) -> list[dict[str, str]]:
    """JSON leaves blank keys out; CSV does not."""
    return [
        {name: cell for name, cell in zip(answer.columns, row, strict=True) if cell is not None} for row in answer.rows
    ]


def _as_csv(answer: Answer) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([cell or "" for cell in row] for row in answer.rows)
    return text.getvalue()


def _add_controls(router: APIRouter, datasets: Mapping[str, Dataset], now: Clock) -> None:
    @router.post("/rows/{dataset_id}", status_code=201)
    def put_rows(dataset_id: str, rows: Annotated[list[dict[str, str]], Body()]) -> dict[str, int]:
        """Add rows, or change those whose `:id` is known; `:updated_at` is now unless given."""
        if dataset_id not in datasets:
            raise HTTPException(404, f"there is no dataset {dataset_id}")
        moment = now()
        stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
        dataset = datasets[dataset_id]
        first = dataset.count() + 1
        fresh = ({UPDATED_AT: stamp, ROW_ID: f"row-{first + at:06d}-added"} for at in range(len(rows)))
        ready = [defaults | row for defaults, row in zip(fresh, rows, strict=True)]
        return {"rows": dataset.load(ready)}

    @router.delete("/rows/{dataset_id}/{row_id}", status_code=204)
    def remove_row(dataset_id: str, row_id: str) -> None:
        if dataset_id not in datasets or not datasets[dataset_id].remove(row_id):
            raise HTTPException(404, "there is no such row")
