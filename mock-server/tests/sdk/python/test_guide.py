"""The samples of the "API key + HTTP" guide, run as it prints them, with the mock's address and key."""

import json
import shlex
import subprocess
import urllib.parse

import pytest
import requests
from wire import CLAUDE, CLAUDE_GLOBAL, PROFILE_ARN, UNKNOWN_OPERATION

GUIDE_HOST = "https://bedrock-runtime.us-west-2.amazonaws.com"

CURL = {
    "base model": r"""
curl -X POST "https://bedrock-runtime.us-west-2.amazonaws.com/model/anthropic.claude-3-5-sonnet-20241022-v2:0/converse" \
-H "Content-Type: application/json" \
-H "Authorization: Bearer YOUR_API_KEY" \
-d '{"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}'
""",
    "system profile": r"""
curl -X POST "https://bedrock-runtime.us-west-2.amazonaws.com/model/global.anthropic.claude-sonnet-4-20250514-v1:0/converse" \
-H "Content-Type: application/json" \
-H "Authorization: Bearer YOUR_API_KEY" \
-d '{"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}'
""",
    "application profile": r"""
curl -X POST "https://bedrock-runtime.us-west-2.amazonaws.com/model/arn:aws:bedrock:us-west-2:123456789012:application-inference-profile%2Fabc123/converse" \
-H "Content-Type: application/json" \
-H "Authorization: Bearer YOUR_API_KEY" \
-d '{"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}'
""",
}


def run_curl(command: str, base: str, key: str, *more: str) -> tuple[int, bytes]:
    """Status and body of the guide's command; nothing of it changes but host and key."""
    one_line = command.replace("\\\n", " ").replace(GUIDE_HOST, base).replace("YOUR_API_KEY", key)
    words = shlex.split(one_line)
    words += ["--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}", *more]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status), body


def assert_message(answer: dict) -> None:
    assert answer["output"]["message"]["role"] == "assistant"
    assert answer["output"]["message"]["content"][0]["text"].strip()
    assert answer["stopReason"] == "end_turn"
    assert {"inputTokens", "outputTokens", "totalTokens"} <= answer["usage"].keys()
    assert isinstance(answer["metrics"]["latencyMs"], int)


@pytest.mark.parametrize("name", CURL)
def test_curl(server, name):
    status, body = run_curl(CURL[name], server.http, server.api_key)
    assert status == 200, body
    assert_message(json.loads(body))


@pytest.mark.parametrize("name", CURL)
def test_curl_over_tls(server, name):
    status, body = run_curl(CURL[name], server.https, server.api_key, "--cacert", server.ca_bundle)
    assert status == 200, body
    assert_message(json.loads(body))


def test_curl_with_a_raw_slash_in_the_arn(server):
    command = CURL["application profile"].replace("%2Fabc123", "/abc123")
    assert run_curl(command, server.http, server.api_key) == (200, UNKNOWN_OPERATION)


def test_requests_sample(server):
    profile_arn = PROFILE_ARN
    encoded_arn = urllib.parse.quote(profile_arn, safe=":.-")
    url = f"{server.http}/model/{encoded_arn}/converse"
    headers = {"Authorization": f"Bearer {server.api_key}", "Content-Type": "application/json"}
    payload = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}

    response = requests.post(url, json=payload, headers=headers, timeout=20)

    assert response.status_code == 200
    assert_message(response.json())


@pytest.mark.parametrize("model", [CLAUDE_GLOBAL, CLAUDE])
def test_requests_streaming_sample_prints_text(server, capsys, model):
    url = f"{server.http}/model/{model}/converse-stream"
    headers = {
        "Authorization": f"Bearer {server.api_key}",
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
    }
    payload = {"messages": [{"role": "user", "content": [{"text": "Tell me a story"}]}]}

    ended = False
    response = requests.post(url, json=payload, headers=headers, stream=True, timeout=20)
    for line in response.iter_lines():
        if line and line.startswith(b"data: "):
            data = line[6:].decode("utf-8")
            if data != "[DONE]":
                try:
                    event = json.loads(data)
                    if "contentBlockDelta" in event:
                        print(event["contentBlockDelta"]["delta"].get("text", ""), end="")
                except json.JSONDecodeError:
                    pass
            else:
                ended = True

    printed = capsys.readouterr().out
    whole = requests.post(
        url.removesuffix("-stream"), json=payload, headers={"Authorization": headers["Authorization"]}, timeout=20
    )
    assert printed == whole.json()["output"]["message"]["content"][0]["text"]
    assert printed.strip()
    assert ended
    assert response.headers["Content-Type"] == "text/event-stream"


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/vnd.amazon.eventstream"])
def test_any_other_accept_gets_the_binary_stream(server, accept):
    response = requests.post(
        f"{server.http}/model/{CLAUDE}/converse-stream",
        json={"messages": [{"role": "user", "content": [{"text": "Hello"}]}]},
        headers={"Authorization": f"Bearer {server.api_key}", "Accept": accept},
        timeout=20,
    )
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/vnd.amazon.eventstream"
