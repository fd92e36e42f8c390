"""Short-term API keys made by Amazon's own generator (PyPI aws-bedrock-token-generator)."""

import base64
import datetime
import http.client
import json

import botocore.auth
import pytest
from aws_bedrock_token_generator import BedrockTokenGenerator
from botocore.credentials import Credentials
from clients import REGION

PATH = "/model/anthropic.claude-3-haiku-20240307-v1:0/converse"
BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]})
PREFIX = "bedrock-api-key-"


def token(key="test", secret="test", session=None, region=REGION):
    return BedrockTokenGenerator().get_token(Credentials(key, secret, session), region)


def call(server, key, host=None):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", PATH, body=BODY, headers=headers | ({"Host": host} if host else {}))
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, response.headers.get("x-amzn-ErrorType"), json.loads(text)


def refused(answer, message):
    status, kind, body = answer
    assert (status, body) == (403, {"Message": message})
    assert kind.split(":")[0] == "AccessDeniedException"


INVALID = "Authentication failed: Please make sure your API Key is valid."


@pytest.mark.parametrize("key", ["test", "210987654321"])
def test_a_key_of_a_known_access_key_works(server, key):
    status, _, body = call(server, token(key))
    assert status == 200, body


def test_it_works_only_in_its_region(server):
    assert call(server, token(region="us-east-1"), "bedrock-runtime.us-east-1.amazonaws.com")[0] == 200
    refused(call(server, token(region="us-west-2"), "bedrock-runtime.us-east-1.amazonaws.com"), INVALID)


def test_it_expires(server, monkeypatch):
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=12, minutes=1)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: then.replace(tzinfo=None))
    refused(call(server, token()), "Bearer Token has expired")


def test_unknown_or_wrong_credentials_are_refused(server):
    refused(call(server, token("AKIDNOBODY")), INVALID)
    refused(call(server, token(secret="wrong")), INVALID)
    refused(call(server, token(session="nobody-made-this")), INVALID)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CallWithBearerToken", "CallWithBearerTokens"),
        ("X-Amz-Expires=43200", "X-Amz-Expires=43201"),
        ("bedrock.amazonaws.com/", "bedrock.example.com/"),
        ("Action=", "Extra=1&Action="),
        ("us-west-2", "us-east-1"),
    ],
)
def test_it_cannot_be_altered(server, old, new):
    url = base64.b64decode(token().removeprefix(PREFIX)).decode()
    assert old in url
    altered = PREFIX + base64.b64encode(url.replace(old, new).encode()).decode()
    refused(call(server, altered), INVALID)


def test_the_prefix_decides(server):
    refused(call(server, "aws-external-anthropic-api-key-x"), "Invalid API Key format: Must start with pre-defined prefix")
    refused(call(server, PREFIX), INVALID)
    refused(call(server, PREFIX + "!!!"), INVALID)
