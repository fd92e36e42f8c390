"""Clients that somebody else wrote, in their defaults, by environment alone.

Each program in `../programs`, `../js` and `../rust-sdk` names no endpoint, no region, no
credentials and no CA: all of that comes from `bedrock-mock exec`. It asks once for a whole answer
and once for a stream and prints one line for each. Both must be the same text, for the mock gives
the same request the same answer. Where a client refuses to go on by its own rules, its own words
are expected.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import stranger

CLIENTS = Path(__file__).resolve().parents[1]
RUST_CLIENT = os.environ.get("RUST_CLIENT_BIN") or "target/clients-rust/debug/rust-sdk-client"

# The guide's model. curl signs with a path in which a colon stays a colon, and that signature is
# wrong for the service too: it needs an id without one.
MODEL = "anthropic.claude-3-5-sonnet-20241022-v2:0"
MODEL_WITHOUT_COLON = "global.anthropic.claude-sonnet-4-6"

SCHEMES = ["http", "https"]
CREDENTIALS = ["keys", "bearer"]


@dataclass(frozen=True)
class Client:
    """A program, and where it refuses in which words."""

    command: list[str]
    answers: int = 2
    model: str = MODEL
    refuses: dict[tuple[str, str], str] = field(default_factory=dict)


def python(name: str) -> list[str]:
    return ["python", str(CLIENTS / "programs" / name)]


CLIENTS_BY_NAME = {
    "aws-cli": Client(["sh", str(CLIENTS / "programs/aws_cli.sh")], answers=1),
    "curl": Client(["sh", str(CLIENTS / "programs/curl_client.sh")], model=MODEL_WITHOUT_COLON),
    "boto3": Client(
        python("boto3_client.py"),
        refuses={("http", "bearer"): "Bearer authorization requires an HTTPS endpoint."},
    ),
    "requests": Client(python("requests_client.py")),
    "anthropic": Client(python("anthropic_client.py")),
    "litellm": Client(python("litellm_client.py"), answers=4),
    "aws-sdk-js": Client(["node", str(CLIENTS / "js/aws-sdk.mjs")]),
    "anthropic-js": Client(["node", str(CLIENTS / "js/anthropic.mjs")]),
    "ai-sdk": Client(["node", str(CLIENTS / "js/ai-sdk.mjs")]),
    "aws-sdk-rust": Client([str((stranger.REPOSITORY / RUST_CLIENT).resolve())]),
}


@pytest.mark.parametrize("credentials", CREDENTIALS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", CLIENTS_BY_NAME)
def test_client(tmp_path_factory, name, scheme, credentials):
    client = CLIENTS_BY_NAME[name]
    home = tmp_path_factory.getbasetemp() / "stranger"
    env = stranger.environment(home) | {"MODEL": client.model}

    command = ["bedrock-mock", "exec", "--scheme", scheme, "--credentials", credentials, "--", *client.command]
    done = stranger.run(command, env, home)

    if words := client.refuses.get((scheme, credentials)):
        assert done.returncode != 0
        assert words in done.stderr
        return
    assert done.returncode == 0, done.stderr
    # litellm also prints where to read about its providers.
    answers = [line for line in done.stdout.splitlines() if "Tell me a story" in line]
    assert len(answers) == client.answers, done.stdout
    assert len(set(answers)) == 1, answers
    assert client.model.removeprefix("global.") in answers[0]


def test_the_aws_cli_has_no_streams(tmp_path):
    """If this fails, the AWS CLI has learned to stream, and the table above should say so."""
    command = ["aws", "bedrock-runtime", "converse-stream", "--model-id", MODEL, "--messages", "[]"]
    done = stranger.run(["bedrock-mock", "exec", "--", *command], stranger.environment(tmp_path), tmp_path)
    assert done.returncode != 0
    assert "Invalid choice" in done.stderr
