"""Federated credentials that no token matches: the finer points of KV408."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import Choice, PartialText, Scalar, Unknown, Value
from kvlint.graph.credential_forms import CredentialDefect, CredentialForms
from kvlint.graph.entities import FederatedCredential
from kvlint.graph.issuers import IssuerKind, Issuers
from kvlint.graph.subjects import Subject, subjects_of
from kvlint.source import Source, Span
from scenarios import run

AKS = "https://westeurope.oic.prod-aks.azure.com/0f1c2b3a/5d6e7f80/"
GITHUB = "https://token.actions.githubusercontent.com"
GOOGLE = "https://accounts.google.com"
AUDIENCE = "api://AzureADTokenExchange"

_SOURCE = Source("main.tf", "issuer\nsubject\naudience\nexpression\n")
_SPANS = {
    name: Span(_SOURCE, _SOURCE.text.index(name), _SOURCE.text.index(name) + len(name))
    for name in _SOURCE.text.split()
}


def text(written: str | Value) -> Value:
    """A text in which each ``?`` is a part that nobody knows."""
    if isinstance(written, Value):
        return written
    if "?" not in written:
        return Scalar(written)
    parts: list[Value] = []
    for number, piece in enumerate(written.split("?")):
        parts += [Unknown("nobody knows")] if number else []
        parts += [Scalar(piece)] if piece else []
    return PartialText(tuple(parts))


def credential(
    issuer: str | Value = AKS,
    subject: str | Value | None = "system:serviceaccount:shop:orders",
    audiences: tuple[str | Value, ...] = (AUDIENCE,),
    expression: str | None = None,
) -> FederatedCredential:
    return FederatedCredential(
        address="main|orders",
        display="orders",
        span=Span(_SOURCE, 0, 0),
        deployment=Deployment(Language.TERRAFORM, "."),
        language=Language.TERRAFORM,
        subject=None if subject is None else text(subject),
        issuer=text(issuer),
        identity=None,
        subject_span=None if subject is None else _SPANS["subject"],
        issuer_span=_SPANS["issuer"],
        audiences=[text(audience) for audience in audiences],
        audiences_span=_SPANS["audience"],
        claims_matching_expression=None if expression is None else text(expression),
        expression_span=None if expression is None else _SPANS["expression"],
    )


def defects(one: FederatedCredential) -> list[CredentialDefect]:
    return list(CredentialForms(Issuers(())).defects(one))


def places(one: FederatedCredential) -> list[str]:
    return [defect.span.text for defect in defects(one)]


@pytest.mark.parametrize(
    ("subject", "right"),
    [
        ("system:serviceaccount:shop:orders", True),
        ("system:serviceaccount:shop:orders.api-1", True),
        ("system:serviceaccount:?:orders", True),
        ("system:serviceaccount:?", True),
        ("system:serviceaccount:shop-?:?", True),
        ("system:?:shop:orders", True),
        ("?:shop:orders", True),
        ("?", True),
        ("system:serviceaccount:shop", False),
        ("system:serviceaccount:shop:orders:1", False),
        ("system:serviceaccount:?:shop:orders", False),
        ("system:serviceaccount:Shop:orders", False),
        ("system:serviceaccount:shop:orders_api", False),
        ("system:serviceaccount:shop:-orders", False),
        ("system:serviceaccount:shop:", False),
        ("system:serviceaccount: shop:orders", False),
        ("system:serviceaccount:?:orders*", False),
        ("serviceaccount:shop:orders", False),
        ("System:serviceaccount:shop:orders", False),
        ("shop/orders-?", False),
    ],
)
@pytest.mark.parametrize("issuer", [AKS, "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"])
def test_subjects_of_kubernetes(issuer: str, subject: str, right: bool) -> None:
    assert places(credential(issuer, subject)) == ([] if right else ["subject"])


@pytest.mark.parametrize(
    ("subject", "right"),
    [
        ("repo:shop/orders:ref:refs/heads/main", True),
        ("repo:shop/orders:ref:refs/pull/17/merge", True),
        ("repo:shop/orders:environment:prod", True),
        ("repo:shop/orders:environment:prod%3Awest", True),
        ("repo:shop/orders:pull_request", True),
        ("repo:shop@12/orders@34:pull_request", True),
        ("repo:shop/orders", True),
        ("repo:shop/orders:actor:somebody", True),
        ("repo:shop/orders:environment:prod:ref:refs/heads/main", True),
        ("repository_owner_id:1234:repository_visibility:private", True),
        ("repo:?:?", True),
        ("repo:?/orders:ref:refs/heads/?", True),
        ("repo:shop/orders:ref:?", True),
        ("repo:shop/orders:?", True),
        ("?/orders:pull-request", True),
        ("repo:shop/orders:ref:heads/main", False),
        ("repo:shop/orders:ref:refs/main", False),
        ("repo:shop/orders:ref", False),
        ("repo:shop/orders:ref:", False),
        ("repo:shop/orders:environment", False),
        ("repo:shop/orders:env:prod", False),
        ("repo:shop/orders:enviroment:prod", False),
        ("repo:shop/orders:Environment:prod", False),
        ("repo:shop/orders:tag:v1", False),
        ("repo:shop/orders:main", False),
        ("repo:shop/orders:environment:*", False),
        ("repo:shop:environment:prod", False),
        ("repo:shop/orders/api:environment:prod", False),
        ("repos:shop/orders:pull_request", False),
        ("Repo:shop/orders:pull_request", False),
        ("orders", False),
        ("system:serviceaccount:shop:orders", False),
        ("repo:?:branch:main", False),
    ],
)
def test_subjects_of_github(subject: str, right: bool) -> None:
    assert places(credential(GITHUB, subject)) == ([] if right else ["subject"])


@pytest.mark.parametrize(
    ("subject", "right"),
    [
        ("112633961854638529490", True),
        ("?", True),
        ("11263?", True),
        ("orders@shop.iam.gserviceaccount.com", False),
        ("?@shop.iam.gserviceaccount.com", False),
    ],
)
def test_subjects_of_google(subject: str, right: bool) -> None:
    assert places(credential(GOOGLE, subject)) == ([] if right else ["subject"])


@pytest.mark.parametrize(
    ("audience", "issuer", "found"),
    [
        (AUDIENCE, AKS, None),
        (f"{AUDIENCE}China", AKS, None),
        (f"{AUDIENCE}USGov", GITHUB, None),
        ("?", AKS, None),
        ("api://?", AKS, None),
        ("sts.amazonaws.com", "https://sts.shop.example", None),
        ("sts.amazonaws.com", GOOGLE, None),
        ("<audience>", AKS, None),
        ("api://azureadtokenexchange", "https://sts.shop.example", True),
        (f"{AUDIENCE}/", GOOGLE, True),
        (f" {AUDIENCE}", GOOGLE, True),
        ("AzureADTokenExchange", GOOGLE, True),
        ("api://AzureADTokenExchanges", "https://gitlab.com", True),
        ("https://kubernetes.default.svc", AKS, True),
        ("https://github.com/shop", GITHUB, False),
        ("sts.amazonaws.com", "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF", False),
    ],
)
def test_audiences(audience: str, issuer: str, found: bool | None) -> None:
    """``found`` tells whether it is certain, ``None`` that there is nothing to find."""
    subject = {GITHUB: "repo:shop/orders:pull_request", GOOGLE: "1"}.get(issuer, "?")
    judged = defects(credential(issuer, subject, (audience,)))
    assert [(one.span.text, one.certain) for one in judged] == (
        [] if found is None else [("audience", found)]
    )


@pytest.mark.parametrize(("number", "found"), [(0, ["audience"]), (1, []), (2, ["audience"])])
def test_number_of_audiences(number: int, found: list[str]) -> None:
    one = credential(audiences=(AUDIENCE,) * number)
    assert places(one) == found
    one.audiences_open = Unknown("nobody knows the rest")
    assert not places(one)


@pytest.mark.parametrize(
    ("issuer", "found"),
    [
        (AKS, None),
        (f"{GITHUB}/shop", None),
        ("https://?.oic.prod-aks.azure.com/?/?/", None),
        ("https://?.oic.prod-aks.azure.com/?/?", None),
        ("?.oic.prod-aks.azure.com/a/b/", None),
        ("h?", None),
        ("?/", None),
        ("https://idp.shop.example/", None),
        ("https://idp.shop.example", None),
        ("__ISSUER__", None),
        ("#{issuer}#", None),
        (f"{GITHUB}/", True),
        (GITHUB.upper().replace("HTTPS", "https"), True),
        ("https://accounts.google.com/", True),
        ("https://gitlab.com/", True),
        ("https://app.terraform.io/", True),
        ("accounts.google.com", True),
        ("http://idp.shop.example", True),
        ("http://?", True),
        ("westeurope.oic.prod-aks.azure.com/?/", True),
        (f" {AKS}", True),
        (f"{AKS}\n", True),
        (f"{AKS}.well-known/openid-configuration", True),
        (AKS.rstrip("/"), False),
    ],
)
def test_issuers(issuer: str, found: bool | None) -> None:
    judged = defects(credential(issuer, subject="?"))
    assert [(one.span.text, one.certain) for one in judged] == ([] if found is None else [("issuer", found)])


def test_one_faulty_alternative_is_not_always_so() -> None:
    right, wrong = Scalar(AKS), Scalar("http://idp.shop.example")
    (defect,) = defects(credential(Choice((right, wrong)), "?"))
    assert not defect.always
    (defect,) = defects(credential(Choice((wrong, Scalar("ftp://idp.shop.example"))), "?"))
    assert defect.always


def test_issuers_that_depend_decide_no_form() -> None:
    either = Choice((Scalar(AKS), Scalar(GITHUB)))
    assert not places(credential(either, "repo:shop/orders:pull_request"))
    assert not places(credential(either, "112633961854638529490"))


@pytest.mark.parametrize(
    ("issuer", "subject", "kind"),
    [
        (AKS, "?", IssuerKind.AKS),
        (f"{GITHUB}/", "?", IssuerKind.GITHUB),
        ("token.actions.githubusercontent.com", "?", IssuerKind.GITHUB),
        ("https://idp.shop.example", "repo:shop/orders:pull_request", IssuerKind.GITHUB),
        ("?", "system:serviceaccount:a:b", IssuerKind.KUBERNETES),
        ("https://login.microsoftonline.com/0f1c2b3a/v2.0", "repo:a/b", IssuerKind.OTHER),
        ("https://vstoken.dev.azure.com/0f1c2b3a", "?", IssuerKind.OTHER),
        ("?", "?", None),
        ("https://idp.shop.example", "orders", None),
    ],
)
def test_kinds_of_issuers(issuer: str, subject: str, kind: IssuerKind | None) -> None:
    assert Issuers(()).kind_of(credential(issuer, subject)) is kind


@pytest.mark.parametrize(
    ("subject", "expression", "found"),
    [
        ("repo:shop/orders:pull_request", "claims['sub'] eq 'x'", ["expression"]),
        ("repo:shop/*", "claims['sub'] eq 'x'", ["expression"]),
        (None, "claims['sub'] eq 'x'", []),
        ("", "claims['sub'] eq 'x'", []),
        ("repo:shop/?", "claims['sub'] eq 'x'", ["expression"]),
        ("repo:shop/orders:pull_request", "", []),
    ],
)
def test_subject_beside_an_expression(subject: str | None, expression: str, found: list[str]) -> None:
    assert places(credential(GITHUB, subject, expression=expression)) == found


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ("system:serviceaccount:orders", [(None, "serviceaccount"), (None, "orders")]),
        ("system:serviceaccount:shop/orders", [(None, "serviceaccount"), (None, "shop"), (None, "orders")]),
        ("system:serviceaccount:shop:*", [("shop", None)]),
        ("system:serviceaccount:shop:orders", [("shop", "orders")]),
        ("repo:shop/orders:*", []),
    ],
)
def test_accounts_that_a_malformed_subject_was_meant_for(
    subject: str, meant: list[tuple[str | None, str | None]]
) -> None:
    assert list(subjects_of(credential(subject=subject))) == [Subject(*one) for one in meant]


def test_one_defect_is_one_finding(tmp_path: Path) -> None:
    """What is malformed is not missing, too, and each argument is reported once."""
    (tmp_path / "main.tf").write_text(
        textwrap.dedent(
            f"""
            resource "azurerm_user_assigned_identity" "orders" {{
              name = "id-orders"
            }}

            resource "azurerm_federated_identity_credential" "orders" {{
              name      = "orders"
              parent_id = azurerm_user_assigned_identity.orders.id
              issuer    = "{AKS}"
              audience  = ["{AUDIENCE.lower()}"]
              subject   = "system:serviceaccount:shop:*"
            }}

            resource "kubernetes_service_account_v1" "orders" {{
              metadata {{
                name      = "orders"
                namespace = "shop"
                annotations = {{
                  "azure.workload.identity/client-id" = azurerm_user_assigned_identity.orders.client_id
                }}
              }}
            }}
            """
        ),
        encoding="utf-8",
    )
    found = run(tmp_path).findings
    assert [(one.check.id, one.span.text) for one in found] == [
        ("KV408", f'["{AUDIENCE.lower()}"]'),
        ("KV408", '"system:serviceaccount:shop:*"'),
    ]
