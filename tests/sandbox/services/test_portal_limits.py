"""Throttling of the portal, on an application of its own with a small budget."""

from fastapi.testclient import TestClient

from include.sandbox.portal import PortalStore, create_portal_app


def test_too_many_calls_are_told_when_to_come_back() -> None:
    client = TestClient(create_portal_app(PortalStore(":memory:"), "t", "c", calls_per_minute=3))
    answers = [client.get("/api/v1/offers", headers={"Authorization": "Bearer t"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["error"]["code"] == "too_many_requests"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
