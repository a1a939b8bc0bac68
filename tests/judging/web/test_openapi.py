"""schemathesis sends what nobody thought of to every address of the page: no answer says that something broke."""

import pytest
from hypothesis import HealthCheck, given, settings

from textmine.judging import audit
from textmine.judging.roles import Actor

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis makes the requests up")

SETTINGS = settings(
    max_examples=12, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
CONSOLE = Actor.console()


@pytest.mark.slow
@pytest.mark.parametrize("role", ["organiser", "judge"])
def test_no_request_breaks_the_page(site, role):
    client = site.organiser() if role == "organiser" else site.judge("Ani")
    headers = {"x-csrf-token": client.csrf, "cookie": f"textmine_session={client.cookies['textmine_session']}"}
    schema = schemathesis.openapi.from_dict(site.app.openapi())
    schema.config.update(base_url=site.base)
    answers = []
    for operation in schema.get_all_operations():
        call = operation.ok()

        @SETTINGS
        @given(case=call.as_strategy())
        def tried(case):
            answer = case.call(base_url=site.base, headers=headers, allow_redirects=False)
            answers.append((case.method, case.path, answer.status_code))
            assert answer.status_code < 500, (case.method, case.formatted_path, answer.status_code)
            assert "content-security-policy" in {name.lower() for name in answer.headers}

        if call.path == "/sign-out":
            continue  # it would end the session of all others
        tried()
    assert len({path for _, path, _ in answers}) > 20
    assert any(code in (200, 303) for _, _, code in answers) and any(code == 404 for _, _, code in answers)
    assert site.season.do(audit.verify) == [] and site.season.do(audit.verify, site.panel.id) == []
