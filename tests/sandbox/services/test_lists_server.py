"""The lists server: exact bytes, unchanged answers, and every way in which a list can fail its readers."""

from collections.abc import Iterator
from typing import Any

import defusedxml.ElementTree as ElementTree
import pytest

from include.sandbox.lists.files import END_MARK, FILES


@pytest.fixture(autouse=True)
def _restored(sandbox_control: Any) -> Iterator[None]:
    yield
    sandbox_control("lists", "POST", "restore")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_files_are_served_byte_for_byte(call: Any, file: Any) -> None:
    answer = call("lists")("GET", file.path)
    assert answer.status_code == 200
    assert answer.content == file.content()
    assert answer.headers["content-type"].startswith(file.media_type)


def test_unchanged_files_are_not_sent_again(call: Any) -> None:
    lists = call("lists")
    first = lists("GET", "/un/consolidated.xml")
    by_tag = lists("GET", "/un/consolidated.xml", headers={"If-None-Match": first.headers["ETag"]})
    by_date = lists("GET", "/un/consolidated.xml", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    other_tag = lists(
        "GET",
        "/un/consolidated.xml",
        headers={"If-None-Match": '"x"', "If-Modified-Since": first.headers["Last-Modified"]},
    )
    assert [by_tag.status_code, by_date.status_code, other_tag.status_code] == [304, 304, 200]
    assert by_tag.content == b""
    assert lists("HEAD", "/un/consolidated.xml").content == b""


def test_callers_must_say_who_they_are(call: Any) -> None:
    assert call("lists")("GET", "/ofac/SDN.CSV", headers={"User-Agent": ""}).status_code == 403
    assert call("lists")("GET", "/ofac/NOTHING.CSV").status_code == 404


def test_a_cut_file_ends_in_the_middle(call: Any, sandbox_control: Any) -> None:
    whole = call("lists")("GET", "/ofac/SDN.CSV")
    sandbox_control("lists", "POST", "cut/ofac")
    cut = call("lists")("GET", "/ofac/SDN.CSV", headers={"If-None-Match": whole.headers["ETag"]})
    assert cut.status_code == 200
    assert not cut.content.endswith(END_MARK)
    assert whole.content.startswith(cut.content)
    assert call("lists")("GET", "/un/consolidated.xml").content.endswith(b"</CONSOLIDATED_LIST>")


def test_a_shrunk_list_is_well_formed_and_too_short(call: Any, sandbox_control: Any) -> None:
    for code in ("ofac", "un"):
        sandbox_control("lists", "POST", f"cut/{code}?how=shrunk")
    sdn = call("lists")("GET", "/ofac/SDN.CSV").content
    assert sdn.endswith(b"\r\n" + END_MARK)
    assert 7_000 < sdn.count(b"\r\n") < 7_600
    root = ElementTree.fromstring(call("lists")("GET", "/un/consolidated.xml").content)
    assert len(list(root.iter("INDIVIDUAL"))) == 365
    assert len(list(root.iter("ENTITY"))) == 273


def test_a_list_that_is_off_and_comes_back(call: Any, sandbox_control: Any) -> None:
    sandbox_control("lists", "POST", "cut/listademo?how=gone")
    assert call("lists")("GET", "/listademo/SDN.CSV").status_code == 503
    sandbox_control("lists", "POST", "restore")
    assert call("lists")("GET", "/listademo/SDN.CSV").status_code == 200


def test_a_new_version_has_a_new_tag(call: Any, sandbox_control: Any) -> None:
    before = call("lists")("GET", "/listademo/SDN.CSV")
    line = b'900999,"NUEVO, Ejemplo","individual","DEMO-LA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1970."\r\n'
    try:
        sandbox_control(
            "lists", "PUT", "publish/listademo/SDN.CSV", data=before.content.rstrip(END_MARK) + line + END_MARK
        )
        after = call("lists")("GET", "/listademo/SDN.CSV", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert b"900999" in after.content
        assert after.headers["Last-Modified"] != before.headers["Last-Modified"]
    finally:
        sandbox_control("lists", "PUT", "publish/listademo/SDN.CSV", data=before.content)
