"""The Bicep compiler rejects a file that kvlint can read.

## What it flags

A `.bicep` or `.bicepparam` file for which the Bicep CLI reports an error, at the place of its first
one; the message carries the compiler's own words, its code and a link to what it means. kvlint went
on with its own reading of the file, so everything in it is analysed all the same. The check
needs the Bicep CLI (`bicep`, or `az bicep`) on `PATH`; see the option `--bicep`.

Where kvlint cannot read the file either, there is only KV001. Where the CLI accepts what kvlint
cannot read, that KV001 becomes a note.

## Why it fails in Azure

`az deployment` compiles the file first and stops at the same error, so nothing of it is deployed.

## Example

The file `BICEP` stands for what the compiler prints.

```bicep title="bad/main.bicep"
param location string = resourceGroup().location

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName // expect: KV005
}
```

```text title="bad/BICEP"
main.bicep(4,9) : Error BCP057: The name "vaultName" does not exist in the current context. [https://aka.ms/bicep/core-diagnostics#BCP057]
```

```bicep title="good/main.bicep"
param vaultName string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}
```

```text title="good/BICEP"
main.bicep(3,10) : Warning no-unused-existing-resources: Existing resource "vault" is declared but never used.
```

## Silent when

There is no Bicep CLI, `--bicep native` is set, or the CLI fails or takes too long (a note
at the end of the report tells). Warnings and linter rules are never reported, whatever level
`bicepconfig.json` gives them. Nor are errors that tell of the surroundings and not of the file:
a module that has not been restored (BCP190, BCP191, BCP192), cannot be read (BCP091) or has errors
of its own (BCP104), or a parameter that reads an environment variable.

## Verify

`bicep build FILE --stdout`, or `az bicep build --file FILE --stdout`.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-core-diagnostics
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level

CHECK = CheckInfo(
    id="KV005",
    name="bicep-build-failed",
    level=Level.WARNING,
    summary="The Bicep compiler rejects a file, so it cannot be deployed",
    severity=3.0,
    tags=("syntax", "bicep"),
    needs_bicep_cli=True,
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each file that the compiler rejects and kvlint reads."""
    for rejection in graph.facts.bicep_rejections:
        message = rejection.message.rstrip(".")
        link = f" ({rejection.link})" if rejection.link else ""
        yield Finding(
            CHECK,
            rejection.span,
            f"The Bicep compiler rejects the file here: {rejection.code}: {message}{link}.",
            subject=f"{rejection.span.path}: {rejection.code}",
            level=CHECK.level,
            label=f"{rejection.code} of the Bicep compiler",
            help="Correct the file; kvlint went on with its own reading of it.",
            verify=f"bicep build {rejection.span.path} --stdout --no-restore",
        )
