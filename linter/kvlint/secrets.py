"""What a secret looks like, what only looks like one, and which names say "secret".

Every pattern is linear on real text: repetitions are bounded or start at a boundary, a
plain substring test guards each of them, and a text is looked at up to :data:`MAX_LENGTH`.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

#: Nothing behind this many characters of one text is looked at.
MAX_LENGTH = 65_536

#: What generic rules ask of a value whose name alone says that it is secret.
MIN_LENGTH = 8
MIN_ENTROPY = 3.0


@dataclass(slots=True, frozen=True)
class Shape:
    """A known form of a secret.

    ``needles`` are lower-case texts of which one must occur, a cheap test before the
    pattern. Group 1 of the pattern, where it has one, is the secret part. With ``context``
    the shape counts only where that pattern occurs in the text or in the name of the value.
    ``free`` marks parts that people choose (passwords), which may be placeholders.
    """

    name: str
    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    context: re.Pattern[str] | None = None
    free: bool = False


def _shape(name: str, needles: str, pattern: str, *, context: str = "", free: bool = False) -> Shape:
    wanted = re.compile(context, re.IGNORECASE) if context else None
    return Shape(name, tuple(needles.split()), re.compile(pattern), wanted, free)


_B64 = "[A-Za-z0-9+/]"
_ACCOUNT_KEY = r"(?:account|access|shared|primary|secondary|storage|master)[_-]?(?:access[_-]?)?key"
_DATABASE = (
    r"(?:server|data source|host|database|initial catalog|uid|user id|user|username|addr(?:ess)?)\s{0,8}="
)

#: Azure's own shapes first: where two match, the first names the secret.
SHAPES = (
    _shape("an Azure Storage account key", "+ast", rf"{_B64}{{76}}\+ASt{_B64}{{5}}[AQgw]=="),
    _shape("an Azure Cosmos DB key", "acdb", rf"{_B64}{{76}}ACDb{_B64}{{5}}[AQgw]=="),
    _shape("an Azure Batch key", "+aba", rf"{_B64}{{76}}\+ABa{_B64}{{5}}[AQgw]=="),
    _shape("an Azure API Management key", "apim", rf"{_B64}{{76}}APIM{_B64}{{5}}[AQgw]=="),
    _shape("an Azure Machine Learning key", "+amc", rf"{_B64}{{76}}\+AMC{_B64}{{5}}[AQgw]=="),
    _shape(
        "an Azure account key",
        "accountkey storagekey",
        r"(?i)(?:account|storage)key\s{0,8}=\s{0,8}([0-9a-z/+]{86}==)",
    ),
    _shape(
        "an Azure shared access key",
        "+asb +aeh +arm aiot azca azeg",
        rf"{_B64}{{33}}(?:\+ASb|\+AEh|\+ARm|AIoT|AzCa|AZEG)[A-P]{_B64}{{5}}=",
    ),
    _shape(
        "an Azure shared access key",
        "sharedaccesskey",
        r"(?i)sharedaccesskey\s{0,8}=\s{0,8}([0-9a-z+/]{43}=)",
    ),
    _shape("an Azure Container Registry password", "+acr", rf"{_B64}{{42}}\+ACR[A-D]{_B64}{{5}}"),
    _shape("an Azure AI Search key", "azse", r"[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}"),
    _shape("an Azure Functions key", "azfu", r"[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]=="),
    _shape(
        "an Azure service key",
        "jqqj9",
        r"[A-Za-z0-9]{52}JQQJ9[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{16}[A-Za-z][A-Za-z0-9]{7}",
    ),
    _shape(
        "a Microsoft Entra client secret",
        "q~",
        r"(?<![\w~.-])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![\w~-])",
    ),
    _shape(
        "a shared access signature",
        "sig=",
        r"(?i)(?:^|[?;&\s\"'])sig=([0-9a-z/+%]{43,129}(?:=|%3d))",
        context=r"\b(?:sv|se)=|SharedAccessSignature",
    ),
    _shape(
        "an Azure DevOps personal access token",
        "pat devops",
        r"(?<![0-9A-Za-z])[2-7a-z]{52}(?![0-9A-Za-z])",
        context=r"(?:^|[^a-z])pat(?:[^a-z]|$)|azure[_-]?devops|personal[_-]?access",
    ),
    _shape("a Redis password", "password=", r"(?i):\d{1,5},password=([^,\s\"']{1,512}),ssl=", free=True),
    _shape(
        "a connection string with a password",
        "password pwd",
        r"(?i)(?<![a-z])(?:password|pwd)\s{0,8}=\s{0,8}([^;\"'\s]{4,512})",
        context=_DATABASE,
        free=True,
    ),
    _shape(
        "a URL with a password",
        "://",
        r"://[^\s:/@\"']{0,100}:([^\s:/@${<\"']{3,200})@",
        free=True,
    ),
    _shape(
        "a PFX certificate with its key",
        "ibazcc",
        rf"MI[I-L]{_B64}{{2}}[AQgw]IBAzCC{_B64}{{1,20000}}={{0,2}}",
    ),
    _shape("a Databricks token", "dapi", r"(?<![A-Za-z0-9])dapi[0-9a-f]{32}(?:-\d)?"),
    _shape(
        "a 64-byte key",
        "==",
        rf"(?<![A-Za-z0-9+/=]){_B64}{{86}}==",
        context=_ACCOUNT_KEY,
    ),
    _shape(
        "an API key",
        "key",
        r"(?<![0-9A-Za-z])[0-9a-fA-F]{32}(?![0-9A-Za-z])",
        context=r"(?:api|subscription|account)[_-]?key",
    ),
    _shape("a private key", "private key", r"-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----"),
    _shape("a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[0-9a-zA-Z]{36}"),
    _shape("a GitHub token", "github_pat_", r"github_pat_\w{82}"),
    _shape("a GitLab token", "glpat-", r"glpat-[\w-]{20,300}"),
    _shape("a Slack token", "xox", r"xox[bpoasre]-[0-9A-Za-z-]{10,300}"),
    _shape(
        "a Slack webhook",
        "hooks.slack.com",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{43,56}",
    ),
    _shape(
        "an AWS access key id",
        "akia asia abia acca a3t",
        r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    ),
    _shape("a Google API key", "aiza", r"AIza[\w-]{35}"),
    _shape(
        "a Google service account key",
        "service_account",
        r"\"type\":\s{0,8}\"service_account\"",
        context=r"private_key",
    ),
    _shape(
        "a JSON Web Token",
        "ey",
        r"(?<![A-Za-z0-9_-])ey[a-zA-Z0-9_-]{17,8000}\.ey[a-zA-Z0-9/\\_-]{17,20000}\.[a-zA-Z0-9/\\_-]{10,4000}={0,2}",
    ),
    _shape(
        "an OpenAI key",
        "t3blbkfj",
        r"(?<![\w-])sk-(?:proj-|svcacct-|admin-)?[\w-]{1,200}T3BlbkFJ[\w-]{1,200}",
    ),
    _shape("an Anthropic key", "sk-ant-", r"sk-ant-api03-[\w-]{93}AA"),
    _shape("an npm token", "npm_", r"npm_[0-9a-zA-Z]{36}"),
    _shape("a PyPI token", "pypi-", r"pypi-AgEIcHlwaS5vcmc[\w-]{50,1000}"),
    _shape("a NuGet key", "oy2", r"(?<![A-Za-z0-9])oy2[a-z2-7]{43}(?![A-Za-z0-9])"),
    _shape("a SendGrid key", "sg.", r"(?<![A-Za-z0-9])SG\.[\w=.-]{66}"),
    _shape("a Stripe key", "sk_ rk_", r"(?<![A-Za-z0-9])[sr]k_(?:test|live|prod)_[a-zA-Z0-9]{10,99}"),
    _shape("a Twilio key", "sk", r"(?<![A-Za-z0-9])SK[0-9a-fA-F]{32}(?![A-Za-z0-9])"),
    _shape("a Hugging Face token", "hf_", r"(?<![A-Za-z0-9])hf_[a-zA-Z]{34}"),
    _shape("a Vault token", "hvs.", r"(?<![A-Za-z0-9])hvs\.[\w-]{90,500}"),
    _shape("a Terraform Cloud token", ".atlasv1.", r"[a-z0-9A-Z]{14}\.atlasv1\.[\w=-]{60,70}"),
    _shape("a DigitalOcean token", "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    _shape("a Grafana token", "glc_ glsa_", r"(?<![A-Za-z0-9])gl(?:c|sa)_[\w+/=-]{32,500}"),
    _shape("a Postman key", "pmak-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _shape("a Pulumi token", "pul-", r"(?<![A-Za-z0-9])pul-[a-f0-9]{40}"),
    _shape("an age private key", "age-secret-key-", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    _shape(
        "a Teams webhook",
        "webhook.office.com",
        r"\.webhook\.office\.com/webhookb2/([a-z0-9-]{36}@[a-z0-9-]{36}/IncomingWebhook/[a-z0-9]{32}/[a-z0-9-]{36})",
    ),
)

#: Keys that every reader of the documentation knows, by their unmistakable beginnings.
_PUBLIC = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mG",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkw",
    "UseDevelopmentStorage=true",
)

#: A value that a tool fills in before anyone uses it.
_TEMPLATE = re.compile(
    r"\$\{|\$\(|\$\[|@\{|\{\{|#\{[^}]*\}#?|<[A-Za-z][\w .:-]{0,80}>|(?<![A-Za-z0-9])__[A-Z][A-Z0-9_]{0,80}?__"
    r"|GEN-(?:PASSWORD|UNIQUE|SSH|GUID|KEY|SELFSIGNED|VAULT)|^GET-PREREQ-|^\$[A-Za-z_]\w*$|^%\w+%$|^\[(?!\[).*\]$|^\(\(.*\)\)$|^!Ref\b|^ENC\[|^\$ANSIBLE_VAULT;|^AgA[A-Za-z0-9+/]{150}",
    re.DOTALL,
)
#: A value that says where the secret is instead of holding it.
_REFERENCE = re.compile(
    r"^(?:@Microsoft\.(?:KeyVault|AppConfiguration)\(|secretref:|keyvaultref:|identityref:|ref\+|vault:"
    r"|projects/[^/]+/secrets/|arn:aws[\w-]*:secretsmanager:|/subscriptions/|/providers/"
    r"|https?://[\w.${}*-]+\.vault\.[a-z.]+(?:/|:443|$)"
    r"|(?:var|local|data|module|each|ephemeral|random_password|random_string|tls_private_key|azurerm_\w+)\.[\w.\[\]\"*-]+$"
    r"|[a-z][a-z0-9_]{1,40}\(.*\)$)|@azurekeyvault$",
    re.IGNORECASE | re.DOTALL,
)
#: Values that are long and strange but not secret.
_HARMLESS = re.compile(
    r"^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-f]{40}|sha(?:256|384|512)[:-].*"
    r"|-----BEGIN[ A-Z0-9]{0,40}(?:CERTIFICATE|PUBLIC KEY).*|(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+)\s.*"
    r"|InstrumentationKey=[0-9a-fA-F-]{36}(?:;.*)?|data:image/.*|(?:iVBORw0KGgo|/9j/|R0lGOD|PHN2Zy).*)$",
    re.DOTALL,
)
#: Words that no real secret holds, wherever they stand.
_FILLER = re.compile(
    r"change[-_ ]?me|replace[-_ ]?me|placeholder|example|dummy|fixme|redacted|secret[-_ ]here|put[-_ ]your"
    r"|(?<![a-z])your[-_ ]|<your|my[-_ ]secret|not[-_ ]set|xxx|\*\*\*|\.\.\.|1234567890",
    re.IGNORECASE,
)
#: Words that a real secret may hold, so the whole value must be made of them.
_WORDS = frozenset(
    (
        *("sample", "todo", "tbd", "removed", "hidden", "none", "null", "n/a", "na", "undefined"),
        *("unset", "default", "insert", "foo", "bar", "baz", "test"),
    )
)
_WORD_BREAK = re.compile(r"[\s_.-]+|(?<=[a-z])(?=\d)")

_CONNECTION_PART = re.compile(
    r"(?i)(?:^|[;,?&\s])(?:password|pwd|(?:shared)?accesskey|accountkey|sig)\s{0,8}="
)
_KEYLESS_CONNECTION = re.compile(
    r"(?i)\bauthentication\s{0,8}=\s{0,8}\"?(?:active directory|managed identity)|\baccountendpoint="
    r"|\bendpoint=sb://"
)

_SECRET_WORD = re.compile(
    r"pass_?word|passwd|pwd|secret|token(?!iz)|api_?key|access_?key|account_?key|connection_?string"
    r"|private_?key|(?:^|_)sas(?:_|$)"
)
_NO_SECRET_WORD = re.compile(
    r"(?:name|ref|uri|url|path|file|version|permission|setting|policy|policie|length|enabled|rotation|type|expir\w*"
    r"|key_?vault|public|hash|arn|label|header|endpoint|issuer|interval|size"
    r"|timeout|ttl|duration|lifetime|validity|period|second|minute|hour|day|count|limit|scope|audience|algorithm"
    r"|prefix|suffix|provider|format|usage|source|location|domain|host|email|owner|group)s?$|(?:^|_)(?:id|min|max)s?$"
    r"|(?:resource|unique|max|min|num)_tokens?$|^(?:key_?vault|use|disable|enable|min|max)_"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")


def find_secrets(text: str, name: str = "") -> Iterator[tuple[int, int, str]]:
    """The secrets of known shape in a text: start and end of each, and what it is.

    ``name`` is what the value is called where that is known: some shapes count only under
    the right name. Ranges may overlap. Well-known public keys and placeholders are not
    secrets.
    """
    text = text[:MAX_LENGTH]
    folded = text.lower()
    named = f"{name.lower()} {folded}" if name else folded
    for shape in SHAPES:
        for needle in shape.needles:
            if needle in named:
                break
        else:
            continue
        if shape.context and not (shape.context.search(text) or shape.context.search(name)):
            continue
        for match in shape.pattern.finditer(text):
            start, end = match.span(1 if shape.pattern.groups else 0)
            if not _is_public(text[start:end]) and not (shape.free and is_placeholder(text[start:end])):
                yield start, end, shape.name


def looks_secret(text: str, name: str = "") -> str | None:
    """What known kind of secret a text holds (``"a JSON Web Token"``), ``None`` for none."""
    for _, _, kind in find_secrets(text, name):
        return kind
    return None


def _is_public(secret: str) -> bool:
    return secret.startswith(_PUBLIC) or "EXAMPLE" in secret or _is_monotonous(secret)


def _is_monotonous(text: str) -> bool:
    """Whether a text is one character repeated, or counts up."""
    if len(set(text)) <= 1:
        return True
    return len(text) >= 4 and all(
        ord(right) - ord(left) == 1 or (left, right) == ("9", "0") for left, right in pairwise(text)
    )


def is_placeholder(text: str) -> bool:
    """Whether a value is no secret whatever its name says.

    True for empty texts, template expressions, references to where the secret is kept,
    filler words, identifiers and public keys, well-known development credentials, and
    connection strings that hold no credential.
    """
    text = text[:MAX_LENGTH].strip()
    if not text or _is_monotonous(text) or text.startswith(_PUBLIC):
        return True
    if any(pattern.search(text) for pattern in (_TEMPLATE, _REFERENCE, _HARMLESS, _FILLER)):
        return True
    if any(known in text for known in _PUBLIC):
        return True
    if _KEYLESS_CONNECTION.search(text) and not _CONNECTION_PART.search(text):
        return True
    words = [word for word in _WORD_BREAK.split(text.lower()) if word and not word.isdigit()]
    return bool(words) and all(word in _WORDS for word in words)


def _words(name: str) -> str:
    """A name in lower case, its words parted by underscores."""
    return "_".join(part for part in _HUMP.split(name[:256]) if part).lower()


def secret_name(name: str) -> bool:
    """Whether the name of a setting, variable or key says that its value is secret.

    Takes snake_case, camelCase, kebab-case and upper case; ``db_password`` does,
    ``passwordSecretRef`` and ``token_uri`` do not.
    """
    words = _words(name)
    return bool(_SECRET_WORD.search(words)) and not _NO_SECRET_WORD.search(words)


_HARMLESS_NAME = re.compile(
    r"(?:user|login|port|address|namespace|environment|env|mode|level|schema|username|title|description|language"
    r"|color)s?$|_(?:database|db|server|cluster|instance|catalog|topic|queue|channel|model|deployment|principal)s?$"
    r"|public_?key|ssh_key"
)


def harmless_name(name: str) -> bool:
    """Whether the name of a value says that it is no secret, wherever it is kept: ``db-host``, ``tenantId``."""
    words = _words(name)
    return bool(_NO_SECRET_WORD.search(words) or _HARMLESS_NAME.search(words))


#: Of a longer value, the line is secret to its end.
_MAX_ASSIGNED = 999
_ASSIGNED = re.compile(
    r"""(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{0,99})["']?(?:[ \t]{1,99}(?:string|secureString)\??)?[ \t]{0,99}[:=][ \t]{0,99}"""
    r"""(?=(?:"(?P<double>[^"\r\n]{0,999})|'(?P<single>[^'\r\n]{0,999})|(?P<plain>[^\s"',;{}\[\]]{1,999})))"""
)


def assigned_secrets(line: str, *, any_value: bool = False) -> Iterator[tuple[int, int]]:
    """The ranges of values behind a name that says secret: ``password: x``, ``password string = 'x'``.

    With ``any_value`` the name ``value`` counts too: what it belongs to cannot be told.
    """
    for found in _ASSIGNED.finditer(line, 0, MAX_LENGTH):
        name, kind = found["name"], found.lastgroup
        if kind is None or not (secret_name(name) or (any_value and name.lower() == "value")):
            continue
        if is_random(found[kind]) and not is_placeholder(found[kind]):
            start, end = found.span(kind)
            yield start, end if end - start < _MAX_ASSIGNED else len(line)


def entropy(text: str) -> float:
    """Shannon entropy of the characters of a text, in bits a character."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())


def is_random(text: str) -> bool:
    """Whether a value is long and mixed enough to be a secret when its name says so."""
    return len(text) >= MIN_LENGTH and entropy(text[:MAX_LENGTH]) >= MIN_ENTROPY


def decoded(text: str) -> str:
    """The text behind a base64 value of a Kubernetes Secret; itself where it is no base64 of text."""
    try:
        return base64.b64decode("".join(text[:MAX_LENGTH].split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text
