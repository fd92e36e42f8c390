"""A scripted conversation with a tool, by scenarios that one account puts for itself."""

import json
import urllib.request

import pytest
from botocore.exceptions import ClientError
from clients import Server, signing_client

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
TOOLS = {
    "tools": [
        {
            "toolSpec": {
                "name": "get_weather",
                "inputSchema": {"json": {"type": "object", "properties": {"city": {"type": "string"}}}},
            }
        }
    ]
}
SCENARIOS = [
    {
        "name": "asks for the weather",
        "match": {"lastUser": {"regex": "(?i)weather in"}, "tools": "get_weather", "toolResult": False},
        "reply": {
            "content": [
                {"text": "Let me see."},
                {"toolUse": {"name": "get_weather"}, "chunks": ['{"city": ', '"Bergen"}']},
            ]
        },
    },
    {
        "name": "tells it",
        "match": {"turn": 2, "toolResult": {"tool": "get_weather", "json": {"sky": "rain"}}},
        "reply": {"text": "Rain in Bergen, as account {{account}} knows.", "usage": {"outputTokens": 77}},
        "times": 2,
    },
    {
        "name": "throttles",
        "match": {"lastUser": "too much"},
        "reply": [
            {
                "raw": {
                    "status": 429,
                    "headers": {"x-amzn-ErrorType": "ThrottlingException"},
                    "body": {"message": "Too many requests"},
                }
            },
            {"text": "now"},
        ],
    },
]


def control(server: Server, method: str, account: str, body=None):
    request = urllib.request.Request(
        f"{server.http}/_mock/scenarios?account={account}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
    )
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@pytest.fixture(params=["000000004201", "000000004202"])
def account(request, server):
    put = control(server, "PUT", request.param, {"scenarios": SCENARIOS})
    assert put == {"scenarios": len(SCENARIOS), "warnings": []}
    yield request.param
    control(server, "DELETE", request.param)


@pytest.fixture
def client(account, server):
    # A key pair whose id is an account's number belongs to that account.
    return signing_client(server, access_key=account)


def whole(client, messages):
    return client.converse(modelId=MODEL, messages=messages, toolConfig=TOOLS)


def streamed(client, messages):
    """The same answer, put together from a stream."""
    blocks, inputs, out = {}, {}, {}
    for event in client.converse_stream(modelId=MODEL, messages=messages, toolConfig=TOOLS)["stream"]:
        ((kind, value),) = event.items()
        at = value.get("contentBlockIndex")
        if kind == "contentBlockStart":
            blocks[at] = {"toolUse": dict(value["start"]["toolUse"])}
        elif kind == "contentBlockDelta" and "text" in value["delta"]:
            blocks.setdefault(at, {"text": ""})["text"] += value["delta"]["text"]
        elif kind == "contentBlockDelta":
            inputs.setdefault(at, []).append(value["delta"]["toolUse"]["input"])
        elif kind == "messageStop":
            out["stopReason"] = value["stopReason"]
        elif kind == "metadata":
            out["usage"] = value["usage"]
    for at, pieces in inputs.items():
        assert pieces == ['{"city": ', '"Bergen"}']
        blocks[at]["toolUse"]["input"] = json.loads("".join(pieces))
    out["output"] = {"message": {"role": "assistant", "content": [blocks[at] for at in sorted(blocks)]}}
    return out


@pytest.mark.parametrize("ask", [whole, streamed])
def test_a_tool_conversation_of_two_turns(ask, client, account, server):
    messages = [{"role": "user", "content": [{"text": "How is the weather in Bergen?"}]}]
    asked = ask(client, messages)
    assert asked["stopReason"] == "tool_use"
    message = asked["output"]["message"]
    assert message["content"][0] == {"text": "Let me see."}
    call = message["content"][1]["toolUse"]
    assert call["name"] == "get_weather" and call["input"] == {"city": "Bergen"}

    result = {"toolUseId": call["toolUseId"], "content": [{"json": {"sky": "rain", "mm": 12}}]}
    messages += [message, {"role": "user", "content": [{"toolResult": result}]}]
    told = ask(client, messages)
    assert told["stopReason"] == "end_turn"
    assert told["output"]["message"]["content"] == [{"text": f"Rain in Bergen, as account {account} knows."}]
    assert told["usage"]["outputTokens"] == 77

    listed = {s["name"]: s for s in control(server, "GET", account)["scenarios"]}
    assert listed["asks for the weather"]["hitsOfAccount"] == 1
    assert listed["tells it"]["hitsOfAccount"] == 1 and not listed["tells it"]["exhausted"]


def test_a_raw_refusal_is_the_exception_that_a_user_sees(client):
    messages = [{"role": "user", "content": [{"text": "too much"}]}]
    with pytest.raises(client.exceptions.ThrottlingException) as refused:
        client.converse(modelId=MODEL, messages=messages)
    assert isinstance(refused.value, ClientError)
    assert refused.value.response["Error"]["Message"] == "Too many requests"
    answer = client.converse(modelId=MODEL, messages=messages)
    assert answer["output"]["message"]["content"] == [{"text": "now"}]
