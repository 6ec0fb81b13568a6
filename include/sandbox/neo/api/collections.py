"""Reading sets of rows: pages, counts, change tracking."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context, selected
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.api.reader import COUNT_LIMIT, PAGE_LIMIT, Page, Restriction
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.odata.cookies import PageMark, read_cookie, read_token, write_cookie, write_token
from include.sandbox.neo.odata.options import Options

TRACKING_DAYS = 7
_BOM = b"\xef\xbb\xbf"


def list_rows(
    context: Context, table: Table, restriction: Restriction | None = None, path: str | None = None
) -> ApiResponse:
    """`GET accounts?...`: one page, with a link to the next while there is more."""
    context.request.caller.require("Read", table)
    options = context.options
    if options.apply is not None:
        raise errors.not_implemented("The query parameter $apply is not implemented.")
    if context.prefer.tracks_changes or options.deltatoken is not None:
        return _list_changes(context, table, path or table.set_name)
    mark = read_cookie(options.skiptoken) if options.skiptoken else None
    limit = _page_size(context)
    reader = context.reader()
    page = reader.page(table, options, restriction, limit=limit, mark=mark)
    payload: dict[str, Any] = {"@odata.context": context.context_url(table.set_name + selected(options))}
    total = reader.count(table, options, restriction) if options.count else -1
    if options.count:
        payload["@odata.count"] = total
    if context.prefer.includes("Microsoft.Dynamics.CRM.totalrecordcount"):
        payload["@Microsoft.Dynamics.CRM.totalrecordcount"] = total
        payload["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"] = total >= COUNT_LIMIT
    payload["value"] = page.rows
    if page.mark is not None and not (options.top and context.prefer.max_page_size is None):
        payload["@odata.nextLink"] = _link(context, path or table.set_name, options, page.mark, table)
    return ApiResponse(200, payload=payload)


def count_rows(context: Context, table: Table, restriction: Restriction | None = None) -> ApiResponse:
    """`GET accounts/$count`: a bare number, which the service writes behind a byte order mark."""
    context.request.caller.require("Read", table)
    if context.options.deltatoken is not None:
        since = read_token(context.options.deltatoken, context.now, TRACKING_DAYS)
        restriction = Restriction("t0.versionnumber > ?", (since,))
    total = context.reader().count(table, context.options, restriction)
    return ApiResponse(200, {"Content-Type": "text/plain"}, text=_BOM + str(total).encode())


def _page_size(context: Context) -> int:
    if context.prefer.max_page_size is not None:
        context.applied.append(f"odata.maxpagesize={context.prefer.max_page_size}")
        return min(context.prefer.max_page_size, PAGE_LIMIT)
    if context.options.top is not None:
        return min(context.options.top, PAGE_LIMIT)
    return PAGE_LIMIT


def _link(context: Context, path: str, options: Options, mark: PageMark, table: Table) -> str:
    kept = {k: v for k, v in options.given.items() if k not in ("$skiptoken", "$deltatoken")}
    query = urlencode(kept, quote_via=quote, safe="$@,()'")
    cookie = quote(write_cookie(mark, table.primary_id), safe="")
    return f"{context.request.root}{quote(path)}?{query}{'&' if query else ''}$skiptoken={cookie}"


def _list_changes(context: Context, table: Table, path: str) -> ApiResponse:
    """Everything (first reading) or what changed since a token; a new token on the last page."""
    options = context.options
    _refuse_with_tracking(table, options)
    database = context.store.database
    mark = read_cookie(options.skiptoken) if options.skiptoken else None
    until = mark.since if mark else database.version
    reader = context.reader()
    context.applied.append("odata.track-changes")
    limit = _page_size(context)
    if options.deltatoken is None:
        page = reader.page(table, options, limit=limit, mark=mark)
    else:
        since = read_token(options.deltatoken, context.now, TRACKING_DAYS)
        restriction = Restriction("t0.versionnumber > ?", (since,))
        page = reader.page(
            table, replace(options, orderby=(("versionnumber", False),)), restriction, limit=limit, mark=mark
        )
        if page.mark is None:
            page.rows += _deletions(context, table, since)
    return ApiResponse(200, payload=_tracked(context, table, path, page, until))


def _tracked(context: Context, table: Table, path: str, page: Page, until: int) -> dict[str, Any]:
    options = context.options
    suffix = "/$delta" if options.deltatoken is not None else ""
    payload: dict[str, Any] = {"@odata.context": context.context_url(table.set_name + selected(options) + suffix)}
    if page.mark is None:
        kept = {k: v for k, v in options.given.items() if k not in ("$skiptoken", "$deltatoken")}
        query = urlencode(kept, quote_via=quote, safe="$@,()'")
        token = quote(write_token(until, context.now), safe="").lower()
        payload["@odata.deltaLink"] = f"{context.request.root}{path}?{query}{'&' if query else ''}$deltatoken={token}"
    payload["value"] = page.rows
    if page.mark is not None:
        link = _link(context, path, options, replace(page.mark, since=until), table)
        if options.deltatoken is not None:
            link += f"&$deltatoken={quote(options.deltatoken, safe='')}"
        payload["@odata.nextLink"] = link
    return payload


def _deletions(context: Context, table: Table, since: int) -> list[dict[str, Any]]:
    rows = context.store.database.rows(
        "select id from _deleted where tablename = ? and versionnumber > ? order by versionnumber",
        (table.logical, since),
    )
    deleted_context = context.context_url(f"{table.set_name}/$deletedEntity")
    return [{"@odata.context": deleted_context, "id": row[0], "reason": "deleted"} for row in rows]


def _refuse_with_tracking(table: Table, options: Options) -> None:
    if not table.change_tracking:
        raise errors.ServiceError(400, "0x80072491", f"Entity: {table.logical} isn't enabled for change tracking.")
    for name in ("$filter", "$orderby", "$expand", "$top"):
        if name in options.given:
            raise errors.query(f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.')
