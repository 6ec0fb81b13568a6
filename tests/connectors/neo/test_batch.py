"""A batch as bytes: what we send, and what comes back."""

import pytest

from connectors.neo.batch import BatchItem, build_batch, parse_batch
from include.core.errors import DriftDetected

ANSWER = "\r\n".join(
    [
        "--batchresponse_1",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        "HTTP/1.1 204 No Content",
        "OData-Version: 4.0",
        "x-ms-service-request-id: r-1",
        "",
        "",
        "--batchresponse_1",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        "HTTP/1.1 400 Bad Request",
        "Content-Type: application/json; odata.metadata=minimal",
        "",
        '{"error":{"code":"0x80044331","message":"línea uno\\n--batchresponse_1 is only text"}}',
        "--batchresponse_1--",
        "",
    ]
).encode()


def test_every_line_ends_in_crlf_and_every_part_is_a_request():
    content_type, body = build_batch(
        [
            BatchItem("PATCH", "/api/data/v9.2/accounts(1)", {"name": "Café"}, {"If-Match": "*"}),
            BatchItem("GET", "/api/data/v9.2/accounts"),
        ]
    )
    boundary = content_type.split('"')[1]
    text = body.decode()
    assert text.count("\n") == text.count("\r\n")
    assert text.endswith(f"--{boundary}--\r\n")
    first = text.split(f"--{boundary}\r\n")[1]
    assert first.startswith("Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nPATCH /api")
    assert "If-Match: *\r\n" in first
    assert first.endswith('\r\n\r\n{"name": "Café"}\r\n')


def test_answers_come_in_order_with_status_headers_and_body():
    first, second = parse_batch("multipart/mixed; boundary=batchresponse_1", ANSWER)
    assert (first.status, first.body, first.request_id) == (204, None, "r-1")
    assert (second.status, second.body["error"]["code"]) == (400, "0x80044331")


def test_an_answer_that_is_no_multipart_message_is_a_drift():
    with pytest.raises(DriftDetected):
        parse_batch("application/json", b"{}")


@pytest.mark.parametrize("number", [0, 1001])
def test_a_batch_has_a_size(number):
    with pytest.raises(ValueError, match="1000"):
        build_batch([BatchItem("GET", "/x")] * number)
