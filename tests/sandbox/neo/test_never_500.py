"""Whatever a client sends, the answer is a JSON refusal or a result: never a server error, never a broken store."""

import json
import string
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.sandbox.neo.errors import ServiceError
from include.sandbox.neo.odata.syntax import parse_filter
from include.sandbox.neo.sqlite.text import fold, matches_like

ROOT = "/api/data/v9.2/"
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

NAMES = st.sampled_from(
    [
        "name",
        "Name",
        "accountid",
        "revenue",
        "numberofemployees",
        "creditonhold",
        "industrycode",
        "statecode",
        "statuscode",
        "createdon",
        "lastusedincampaign",
        "versionnumber",
        "_ownerid_value",
        "_primarycontactid_value",
        "primarycontactid",
        "primarycontactid/fullname",
        "ownerid",
        "Account_Tasks",
        "Account_Tasks/subject",
        "teammembership_association",
        "primarycontactid@odata.bind",
        "ownerid@odata.bind",
        "@odata.id",
        "transactioncurrencyid@odata.bind",
        "t/x",
        "nada",
    ]
)
LITERALS = st.one_of(
    st.sampled_from(
        [
            "null",
            "true",
            "5",
            "-1.5e300",
            "1e999",
            "99999999999999999999",
            "2026-01-01",
            "0001-01-01",
            "9999-12-31T23:59:59-14:00",
            "2026-02-30",
            "11111111-1111-1111-1111-111111111111",
            "@p",
            "''",
        ]
    ),
    st.text(max_size=12).map(lambda t: "'" + t.replace("'", "''") + "'"),
)
FUNCTIONS = st.sampled_from(
    [
        "In",
        "NotIn",
        "Between",
        "Last7Days",
        "LastXYears",
        "OlderThanXMonths",
        "ContainValues",
        "EqualUserId",
        "OnOrBefore",
        "Nada",
    ]
)


def _compare(parts) -> str:
    return f"{parts[0]} {parts[1]} {parts[2]}"


CONDITIONS = st.one_of(
    st.tuples(NAMES, st.sampled_from(["eq", "ne", "gt", "le", "in"]), st.one_of(LITERALS, NAMES)).map(_compare),
    st.tuples(st.sampled_from(["contains", "startswith", "endswith", "tolower"]), NAMES, LITERALS).map(
        lambda p: f"{p[0]}({p[1]},{p[2]})"
    ),
    st.tuples(FUNCTIONS, NAMES, LITERALS).map(
        lambda p: f"Microsoft.Dynamics.CRM.{p[0]}(PropertyName='{p[1]}',PropertyValue={p[2]})"
    ),
    st.tuples(FUNCTIONS, NAMES, st.lists(st.text(string.printable, max_size=5), max_size=3)).map(
        lambda p: f"Microsoft.Dynamics.CRM.{p[0]}(PropertyName='{p[1]}',PropertyValues={json.dumps(p[2])})"
    ),
)
EXPRESSIONS = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or ", " "]), inner).map("".join),
        inner.map(lambda e: f"not ({e})"),
        inner.map(lambda e: f"Account_Tasks/any(t:{e})"),
    ),
    max_leaves=6,
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=300),
    st.dates().map(str),
    st.just("/accounts(x)"),
    st.just("/contacts(11111111-1111-1111-1111-111111111111)"),
    st.just("$1"),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


def check(answer) -> None:
    """No server error; a refusal is always the service's JSON."""
    assert answer.status_code < 500 or answer.status_code == 501, answer.text
    if answer.status_code >= 400:
        assert isinstance(answer.json()["error"]["message"], str)


@QUICK
@given(text=st.one_of(EXPRESSIONS, st.text(max_size=60)))
def test_any_filter(neo, text) -> None:
    check(neo.http.get(f"{ROOT}accounts", params={"$filter": text, "@p": "'x'"}, headers=neo.headers))
    check(neo.http.get(f"{ROOT}EntityDefinitions", params={"$filter": text}, headers=neo.headers))


@QUICK
@given(
    options=st.dictionaries(
        st.sampled_from(
            ["$select", "$orderby", "$expand", "$top", "$count", "$skiptoken", "$deltatoken", "$apply", "@p"]
        ),
        st.one_of(NAMES, st.text(max_size=40), NAMES.map(lambda n: f"{n}($select={n};$top=1)"), st.just("<cookie/>")),
        max_size=3,
    ),
    prefer=st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40), st.just("odata.track-changes")
    ),
)
def test_any_query_options(neo, options, prefer) -> None:
    headers = neo.headers | {"Prefer": prefer}
    check(neo.http.get(f"{ROOT}accounts", params=options, headers=headers))


@QUICK
@given(body=VALUES, path=st.sampled_from(["accounts", "contacts", "tasks", "opportunities", "annotations", "emails"]))
def test_any_payload(neo, body, path) -> None:
    content = json.dumps(body, allow_nan=True).encode()
    headers = neo.headers | {"Content-Type": "application/json"}
    check(neo.http.post(f"{ROOT}{path}", content=content, headers=headers))
    account = "accounts(11111111-1111-1111-1111-111111111111)"
    check(neo.http.patch(f"{ROOT}{account}", content=content, headers=headers))
    targets = body if isinstance(body, list) else [body]
    typed = [t | {"@odata.type": "Microsoft.Dynamics.CRM.account"} if isinstance(t, dict) else t for t in targets]
    for message in ("CreateMultiple", "UpdateMultiple", "UpsertMultiple"):
        bulk = json.dumps({"Targets": typed}, allow_nan=True).encode()
        check(neo.http.post(f"{ROOT}accounts/Microsoft.Dynamics.CRM.{message}", content=bulk, headers=headers))


PIECES = [
    "accounts",
    "contacts",
    "(",
    ")",
    "'",
    "name=",
    "11111111-1111-1111-1111-111111111111",
    "/",
    "$ref",
    "$count",
    "$value",
    "Account_Tasks",
    "primarycontactid",
    "name",
    "$metadata",
    "$batch",
    "EntityDefinitions",
    "LogicalName='account'",
    "Attributes",
    "Keys",
    "Microsoft.Dynamics.CRM.StringAttributeMetadata",
    "Microsoft.Dynamics.CRM.CreateMultiple",
    "GlobalOptionSetDefinitions",
    "RelationshipDefinitions",
    "WhoAmI",
    "RetrieveTotalRecordCount",
    "EntityNames=@p",
    ",",
    "InsertOptionValue",
    "PublishXml",
    "activitypointers",
    "%27",
    "%00",
    "ñ",
]


@QUICK
@given(
    pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=7),
    method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE"]),
    body=st.one_of(st.none(), st.just({"value": "x"}), st.just({"@odata.id": "accounts(x)"}), VALUES),
)
def test_any_address(neo, pieces, method, body) -> None:
    content = None if body is None else json.dumps(body, allow_nan=True).encode()
    check(neo.http.request(method, ROOT + "".join(pieces), content=content, headers=neo.headers))


DEFINITION_KEYS = st.sampled_from(
    [
        "@odata.type",
        "SchemaName",
        "DisplayName",
        "Attributes",
        "MaxLength",
        "MinValue",
        "OptionSet",
        "Options",
        "Label",
        "Lookup",
        "LocalizedLabels",
        "LanguageCode",
        "KeyAttributes",
        "ReferencedEntity",
        "ReferencingEntity",
        "Name",
        "Value",
        "OwnershipType",
        "EntityLogicalName",
        "AttributeLogicalName",
        "GlobalOptionSet@odata.bind",
        "RequiredLevel",
        "CascadeConfiguration",
    ]
)
DEFINITION_VALUES = st.recursive(
    st.one_of(
        SCALARS,
        st.sampled_from(
            [
                "pc_Nuevo",
                "account",
                "industrycode",
                "UserOwned",
                3082,
                1,
                "Microsoft.Dynamics.CRM.StringAttributeMetadata",
                "Microsoft.Dynamics.CRM.PicklistAttributeMetadata",
                "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
                "Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata",
            ]
        ),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(DEFINITION_KEYS, inner, max_size=5)),
    max_leaves=12,
)
DEFINITION_PATHS = [
    "EntityDefinitions",
    "EntityDefinitions(LogicalName='account')/Attributes",
    "RelationshipDefinitions",
    "EntityDefinitions(LogicalName='account')/Keys",
    "GlobalOptionSetDefinitions",
    "InsertOptionValue",
    "UpdateOptionValue",
    "OrderOption",
    "InsertStatusValue",
    "ReactivateEntityKey",
    "PublishXml",
]


@QUICK
@given(body=st.dictionaries(DEFINITION_KEYS, DEFINITION_VALUES, max_size=8), path=st.sampled_from(DEFINITION_PATHS))
def test_any_definition(neo, body, path) -> None:
    content = json.dumps(body, allow_nan=True).encode()
    check(neo.http.post(f"{ROOT}{path}", content=content, headers=neo.headers))
    for column in ("name", "industrycode"):
        address = f"{ROOT}EntityDefinitions(LogicalName='account')/Attributes(LogicalName='{column}')"
        check(neo.http.put(address, content=content, headers=neo.headers))
    assert neo.get("accounts?$top=1").status_code == 200


@QUICK
@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "--b",
                    "--b--",
                    "\r\n",
                    "Content-Type: application/http",
                    "GET accounts HTTP/1.1",
                    "Content-Type: multipart/mixed; boundary=c",
                    "--c",
                    "--c--",
                    "{}",
                    "PATCH $1 HTTP/1.1",
                    "Content-ID: 1",
                ]
            ),
            max_size=20,
        ).map(lambda parts: "".join(parts).encode()),
    )
)
def test_any_batch(neo, content) -> None:
    headers = neo.headers | {"Content-Type": "multipart/mixed; boundary=b"}
    answer = neo.http.post(f"{ROOT}$batch", content=content, headers=headers)
    assert answer.status_code < 500


@given(text=st.text(max_size=80))
def test_the_filter_parser_knows_only_one_way_to_fail(text) -> None:
    with suppress(ServiceError):
        parse_filter(text, {})


@given(text=st.text(max_size=30))
def test_folding_is_stable_and_every_text_is_like_itself(text) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    escaped = "".join(f"[{c}]" if c in "%_[" else c for c in text)
    assert matches_like(escaped, text)


@given(pattern=st.text("ab%_[]^-", max_size=12), text=st.text("ab%_[]^-", max_size=12))
def test_any_like_pattern_is_readable(pattern, text) -> None:
    assert matches_like(pattern, text) in (True, False)
    assert matches_like(None, text) is None
