"""The comparison of Bicep with its compiled JSON: it pairs what belongs together, and misses no difference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.compiled.__main__ import Report, compare_checkout
from benchmarks.compiled.tally import Outcome

BICEP = """\
param location string = resourceGroup().location
@secure()
param password string
param names array = ['a', 'b']

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: 'identity'
  scope: resourceGroup('shared')
}

resource vault 'microsoft.keyvault/vaults@2023-07-01' = {
  name: 'kv-${uniqueString(resourceGroup().id)}'
  location: location
  properties: { enableRbacAuthorization: true, sku: { family: 'A', name: 'standard' } }

  resource secret 'secrets' = [for name in names: {
    name: name
    properties: { value: password }
  }]
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (length(names) > 1) {
  name: guid(vault.id)
  scope: vault
  properties: { principalId: identity.properties.principalId }
}

module app 'app.bicep' = {
  name: 'app'
  params: { vaultUri: vault.properties.vaultUri }
}

output id string = vault.id
output fromApp string = app.outputs.text
"""
APP = """\
param vaultUri string
output text string = '${vaultUri}secrets'
"""
VAULT = "resourceId('Microsoft.KeyVault/vaults', format('kv-{0}', uniqueString(resourceGroup().id)))"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def _compiled() -> dict[str, Any]:
    """What the compiler makes of it, without symbolic names."""
    vault = {
        "type": "Microsoft.KeyVault/vaults",
        "apiVersion": "2023-07-01",
        "name": "[format('kv-{0}', uniqueString(resourceGroup().id))]",
        "location": "[parameters('location')]",
        "properties": {"enableRbacAuthorization": True, "sku": {"family": "A", "name": "standard"}},
    }
    secret = {
        "copy": {"name": "secret", "count": "[length(parameters('names'))]"},
        "type": "Microsoft.KeyVault/vaults/secrets",
        "apiVersion": "2023-07-01",
        "name": "[format('{0}/{1}', format('kv-{0}', uniqueString(resourceGroup().id)), "
        "parameters('names')[copyIndex()])]",
        "properties": {"value": "[parameters('password')]"},
    }
    role = {
        "condition": "[greater(length(parameters('names')), 1)]",
        "type": "Microsoft.Authorization/roleAssignments",
        "apiVersion": "2022-04-01",
        "scope": f"[{VAULT}]",
        "name": f"[guid({VAULT})]",
        "properties": {
            "principalId": "[reference(extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}', "
            "subscription().subscriptionId, 'shared'), 'Microsoft.ManagedIdentity/userAssignedIdentities', "
            "'identity'), '2023-01-31').principalId]"
        },
    }
    app = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "app",
        "properties": {
            "expressionEvaluationOptions": {"scope": "inner"},
            "mode": "Incremental",
            "parameters": {"vaultUri": {"value": f"[reference({VAULT}, '2023-07-01').vaultUri]"}},
            "template": {
                "$schema": SCHEMA,
                "contentVersion": "1.0.0.0",
                "parameters": {"vaultUri": {"type": "string"}},
                "resources": [],
                "outputs": {
                    "text": {"type": "string", "value": "[format('{0}secrets', parameters('vaultUri'))]"}
                },
            },
        },
    }
    deployed = (
        "[reference(resourceId('Microsoft.Resources/deployments', 'app'), '2022-09-01').outputs.text.value]"
    )
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {
            "location": {"type": "string", "defaultValue": "[resourceGroup().location]"},
            "password": {"type": "securestring"},
            "names": {"type": "array", "defaultValue": ["a", "b"]},
        },
        "resources": [secret, vault, role, app],
        "outputs": {
            "id": {"type": "string", "value": f"[{VAULT}]"},
            "fromApp": {"type": "string", "value": deployed},
        },
    }


def _compare(folder: Path, compiled: dict[str, Any]) -> Report:
    (folder / "main.bicep").write_text(BICEP)
    (folder / "app.bicep").write_text(APP)
    (folder / "main.json").write_text(json.dumps(compiled, indent=2))
    return compare_checkout(folder)


def test_a_pair_agrees(tmp_path: Path) -> None:
    report = _compare(tmp_path, _compiled())
    counts = report.tally.counts
    assert report.tally.differences == []
    assert report.pairs == 1
    assert report.rounds == 2, "without inputs, and with a literal password"
    assert counts["resource declarations"][Outcome.EQUAL] == 2 * 3
    assert counts["instances"][Outcome.EQUAL] == 2 * 4
    assert counts["module calls"][Outcome.EQUAL] == 2
    assert counts["literals"][Outcome.EQUAL] >= 3
    assert report.tally.left_out["existing resources that the compiled template does not list"] == 2


def test_symbolic_names_pair(tmp_path: Path) -> None:
    compiled = _compiled()
    secret, vault, role, app = compiled["resources"]
    compiled["languageVersion"] = "2.0"
    compiled["resources"] = {
        "vault::secret": secret,
        "vault": vault,
        "role": role,
        "app": app,
        "identity": {
            "existing": True,
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
            "apiVersion": "2023-01-31",
            "resourceGroup": "shared",
            "name": "identity",
        },
    }
    role["properties"]["principalId"] = "[reference('identity').principalId]"
    app["properties"]["parameters"]["vaultUri"]["value"] = "[reference('vault').vaultUri]"
    compiled["outputs"]["fromApp"]["value"] = "[reference('app').outputs.text.value]"
    report = _compare(tmp_path, compiled)
    assert report.tally.differences == []
    assert report.tally.counts["resource declarations"][Outcome.EQUAL] == 2 * 4
    assert not report.tally.one_sided


@pytest.mark.parametrize(
    ("subject", "change"),
    [
        ("properties", lambda it: it["resources"][1]["properties"].update(enableRbacAuthorization=False)),
        ("literals", lambda it: it["resources"][1]["properties"]["sku"].update(name="premium")),
        ("api versions", lambda it: it["resources"][2].update(apiVersion="2020-04-01")),
        ("conditions", lambda it: it["resources"][2].pop("condition")),
        ("scopes", lambda it: it["resources"][2].pop("scope")),
        ("secure parameters", lambda it: it["parameters"]["password"].update(type="string")),
        ("resource declarations", lambda it: it["resources"].pop(0)),
        ("module calls", lambda it: it["resources"].pop()),
        ("outputs", lambda it: it["outputs"]["fromApp"].update(value="other")),
    ],
)
def test_a_difference_is_found(tmp_path: Path, subject: str, change: Any) -> None:
    compiled = _compiled()
    change(compiled)
    report = _compare(tmp_path, compiled)
    assert subject in {difference.subject for difference in report.tally.differences}
