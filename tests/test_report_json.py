from __future__ import annotations

import json
from io import StringIO

from kvlint.evaluate.resources import Deployment, Language
from kvlint.report.fingerprint import fingerprint
from kvlint.report.json import write_json
from reporting import dangling, full_result


def test_document() -> None:
    result = full_result()
    result.findings[0].deployments = {
        Deployment(Language.TERRAFORM, "app", "prod.tfvars"),
        Deployment(Language.KUBERNETES, "k8s"),
    }
    stream = StringIO()
    write_json(result, stream)
    document = json.loads(stream.getvalue())
    assert document["version"] == 1
    assert document["tool"]["name"] == "kvlint"
    assert document["summary"] == {
        "errors": 1,
        "warnings": 0,
        "notes": 0,
        "suppressed": 1,
        "files": 14,
        "references": {"proven": 31, "broken": 2, "unresolved": 1},
    }
    assert document["files"] == {"Terraform": 9, "Kubernetes": 3, "Container App": 2}
    (finding,) = document["findings"]
    assert (finding["check"], finding["name"], finding["level"]) == ("KV101", "dangling-secret-ref", "error")
    assert finding["path"] == "app/main.tf"
    assert finding["span"] == {"start": {"line": 7, "column": 19}, "end": {"line": 7, "column": 31}}
    assert finding["related"] == [
        {
            "path": "app/main.tf",
            "span": {"start": {"line": 3, "column": 12}, "end": {"line": 3, "column": 25}},
            "label": "declared [here]",
        }
    ]
    assert [step["label"] for step in finding["steps"]] == ["var.secret", "secret_name of app"]
    assert (finding["help"], finding["notes"]) == ("name the declared secret", ["only in prod"])
    assert finding["deployments"] == [
        {"language": "Kubernetes manifest", "root": "k8s", "variant": ""},
        {"language": "Terraform", "root": "app", "variant": "prod.tfvars"},
    ]
    assert finding["fingerprint"] == fingerprint(result.findings[0])
    assert [entry["check"] for entry in document["suppressed"]] == ["KV102"]
    assert document["unresolved"][0]["reason"] == 'variable "x" has no value'
    assert document["failures"][0]["span"]["start"] == {"line": 1, "column": 3}


def test_fingerprints_ignore_lines_and_tell_subjects_apart() -> None:
    one, other = dangling(), dangling()
    other.span = other.span._replace(start=other.span.start + 1)
    assert fingerprint(one) == fingerprint(other)
    other.subject = "another app → db-pasword"
    assert fingerprint(one) != fingerprint(other)
