"""The journal and the control API, as somebody who tests with boto3 uses them."""

import json
import threading
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError
from clients import signing_client

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]


@pytest.fixture
def control(server):
    def send(path: str, body: dict | None = None, method: str | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{server.http}/_mock/{path}", data=data, method=method)
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, json.load(refused)

    return send


@pytest.fixture
def account(control):
    """An account that no other test uses."""
    status, minted = control("accounts", {})
    assert status == 201
    return minted


@pytest.fixture
def client(server, account):
    return signing_client(server, access_key=account["accessKeyId"], secret=account["secretAccessKey"])


def test_each_call_is_journaled_with_its_signer(control, account, client):
    answer = client.converse(modelId=MODEL, messages=HELLO)
    found = control(f"journal?account={account['account']}")[1]["entries"]
    assert [entry["id"] for entry in found] == [answer["ResponseMetadata"]["RequestId"]]
    entry = found[0]
    assert entry["principal"]["kind"] == "access-key"
    assert entry["principal"]["accessKeyId"] == account["accessKeyId"]
    assert entry["model"]["id"] == MODEL
    assert entry["request"]["body"]["json"] == {"messages": HELLO}
    headers = dict(entry["request"]["headers"])
    assert headers["authorization"].endswith("Signature=<redacted>")
    assert "amz-sdk-invocation-id" in headers


def test_events_of_a_stream_are_those_that_boto3_reads(control, account, client):
    stream = client.converse_stream(modelId=MODEL, messages=HELLO)["stream"]
    read = [next(iter(event)) for event in stream]
    match = {"account": account["account"], "ended": "complete"}
    status, waited = control("journal/wait-for", {"match": match})
    assert status == 200
    assert [event["name"] for event in waited["entries"][0]["events"]] == read


def test_a_refusal_is_the_one_that_boto3_raises(control, account, client):
    with pytest.raises(ClientError) as raised:
        client.converse(modelId="no.such-model", messages=HELLO)
    refusal = control(f"journal?account={account['account']}")[1]["entries"][0]["refusal"]
    error = raised.value.response["Error"]
    assert (refusal["type"], refusal["message"]) == (error["Code"], error["Message"])


def test_waiting_and_verifying(control, account, client):
    caller = threading.Timer(0.05, lambda: client.converse(modelId=MODEL, messages=HELLO))
    caller.start()
    match = {"account": account["account"], "body": {"messages": HELLO}}
    status, waited = control("journal/wait-for", {"match": match, "timeoutMs": 20_000})
    caller.join()
    assert (status, len(waited["entries"])) == (200, 1)
    expectation = {"match": {"body": {"messages": HELLO}}, "count": {"exact": 2}}
    status, verdict = control(
        "journal/verify", {"account": account["account"], "expectations": [expectation]}
    )
    assert status == 409
    assert "expected exactly 2, found 1" in verdict["message"]


def test_a_reset_forgets_one_account(control, account, client):
    client.converse(modelId=MODEL, messages=HELLO)
    other = control("accounts", {})[1]["account"]
    assert control(f"reset?account={other}", method="POST") == (200, {"records": 0, "entries": 0})
    assert control(f"reset?account={account['account']}", method="POST")[1]["entries"] == 1
    assert control(f"journal?account={account['account']}")[1]["found"] == 0
