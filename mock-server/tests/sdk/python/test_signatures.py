"""SigV4, signed by botocore and then broken by hand: each refusal as raw bytes and as the exception
that a user of boto3 sees. The texts are those that public reports quote."""

import datetime
import http.client
import json
import urllib.parse

import botocore.exceptions
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from clients import REGION, signing_client

MODEL = "anthropic.claude-3-haiku-20240307-v1%3A0"
PATH = f"/model/{MODEL}/converse"
BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]})
CORAL = ":http://internal.amazon.com/coral/com.amazon.coral.service/"
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


def signed(server, *, path=PATH, body=BODY, key="test", secret="test", region=REGION, service="bedrock", headers=None, token=None):
    request = AWSRequest(
        method="POST",
        url=server.http + path,
        data=body,
        headers={"Content-Type": "application/json", **(headers or {})},
    )
    SigV4Auth(Credentials(key, secret, token), service, region).add_auth(request)
    return path, body, dict(request.headers.items())


def send(server, path, body, headers, method="POST"):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, response.headers.get("x-amzn-ErrorType"), json.loads(text)


def refused(answer, kind, message=None):
    status, error_type, body = answer
    assert status == 403, body
    assert error_type == kind + CORAL
    # Signature errors write the member in lower case, bearer errors do not.
    assert list(body) == ["message"]
    if message is not None:
        assert body["message"] == message
    return body["message"]


@pytest.mark.parametrize(
    "path",
    [
        PATH,
        PATH.replace("%3A", ":"),
        "/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012%3Aapplication-inference-profile%2Fabc123/converse",
        "/model/arn:aws:bedrock:us-west-2:123456789012:application-inference-profile%2Fabc123/converse",
    ],
)
def test_every_spelling_of_the_path_verifies(server, path):
    status, _, body = send(server, *signed(server, path=path))
    assert status == 200, body


def test_a_wrong_secret_gets_the_canonical_string(server):
    message = refused(send(server, *signed(server, secret="wrong")), "InvalidSignatureException")
    assert message.startswith(MISMATCH + "\n\nThe Canonical String for this request should have been\n'POST\n")
    # The wire path encoded once more, as the service's own answers show (higress-group/higress#2396).
    assert "/model/anthropic.claude-3-haiku-20240307-v1%253A0/converse\n" in message
    assert "\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n" in message


def test_an_unknown_key_is_refused(server):
    answer = send(server, *signed(server, key="AKIDNOBODY"))
    refused(answer, "UnrecognizedClientException", "The security token included in the request is invalid.")


def test_an_unknown_session_token_is_refused(server):
    answer = send(server, *signed(server, token="nobody-made-this"))
    refused(answer, "UnrecognizedClientException", "The security token included in the request is invalid.")


def test_what_was_signed_cannot_be_altered(server):
    path, body, headers = signed(server)
    for altered in [
        (path, body.replace("Hello", "Jello"), headers),
        (path.replace("converse", "converse-stream"), body, headers),
        (path + "?x=1", body, headers),
        (path, body, headers | {"Content-Type": "application/JSON"}),
    ]:
        status, _, answer = send(server, *altered)
        assert status == 403, answer


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(-10, ("Signature expired: ", " is now earlier than ", " - 5 min.)")), (10, ("Signature not yet current: ", " is still later than ", " + 5 min.)"))],
)
def test_the_clock_may_be_off_by_five_minutes(server, monkeypatch, minutes, words):
    real = datetime.datetime.now(datetime.timezone.utc)
    import botocore.auth

    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: (real + datetime.timedelta(minutes=minutes)).replace(tzinfo=None))
    message = refused(send(server, *signed(server)), "InvalidSignatureException")
    assert message.startswith(words[0]) and words[1] in message and message.endswith(words[2]), message
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: (real + datetime.timedelta(minutes=minutes / 5 * 2)).replace(tzinfo=None))
    assert send(server, *signed(server))[0] == 200


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("Credential=", "Authorization header requires 'Credential' parameter."),
        ("SignedHeaders=", "Authorization header requires 'SignedHeaders' parameter."),
        ("Signature=", "Authorization header requires 'Signature' parameter."),
    ],
)
def test_missing_parts(server, part, words):
    path, body, headers = signed(server)
    scheme, _, parts = headers["Authorization"].partition(" ")
    kept = [p for p in parts.split(", ") if not p.startswith(part)]
    answer = send(server, path, body, headers | {"Authorization": f"{scheme} {', '.join(kept)}"})
    assert words in refused(answer, "IncompleteSignatureException")


def test_a_missing_date(server):
    path, body, headers = signed(server)
    del headers["X-Amz-Date"]
    message = refused(send(server, path, body, headers), "IncompleteSignatureException")
    assert "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header." in message


def test_a_header_listed_twice(server):
    path, body, headers = signed(server)
    headers["Authorization"] = headers["Authorization"].replace("host;", "host;host;")
    assert "host;host" in headers["Authorization"]
    refused(send(server, path, body, headers), "InvalidSignatureException")


def test_an_unsigned_amz_header(server):
    path, body, headers = signed(server)
    refused(send(server, path, body, headers | {"X-Amz-Something": "1"}), "InvalidSignatureException")


def test_the_scope_must_fit(server):
    host = {"Host": "bedrock-runtime.us-east-1.amazonaws.com"}
    answer = send(server, *signed(server, headers=host, region="us-west-2"))
    refused(answer, "InvalidSignatureException", "Credential should be scoped to a valid region. ")
    assert send(server, *signed(server, headers=host, region="us-east-1"))[0] == 200
    answer = send(server, *signed(server, service="s3"))
    refused(answer, "InvalidSignatureException", "Credential should be scoped to correct service: 'bedrock'. ")


class TestPresigned:
    def url(self, server, expires=60):
        request = AWSRequest(method="POST", url=server.http + PATH, data="", headers={})
        SigV4QueryAuth(Credentials("test", "test"), "bedrock", REGION, expires=expires).add_auth(request)
        return urllib.parse.urlsplit(request.url)

    def test_it_verifies(self, server):
        url = self.url(server)
        # The empty body was signed, so it is the empty request that must come through: no messages.
        status, kind, body = send(server, f"{url.path}?{url.query}", "", {})
        assert (status, kind.split(":")[0]) == (400, "ValidationException"), body

    def test_it_expires(self, server, monkeypatch):
        import botocore.auth

        then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=3)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: then.replace(tzinfo=None))
        url = self.url(server, expires=60)
        refused(send(server, f"{url.path}?{url.query}", "", {}), "InvalidSignatureException")

    def test_it_cannot_be_altered(self, server):
        url = self.url(server)
        refused(send(server, f"{url.path}?{url.query}&x=1", "", {}), "InvalidSignatureException")
        refused(send(server, f"{url.path}?{url.query.replace('Expires=60', 'Expires=61')}", "", {}), "InvalidSignatureException")


class TestAsExceptions:
    """What users of boto3 catch."""

    def raised(self, client):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            client.converse(modelId=MODEL.replace("%3A", ":"), messages=[{"role": "user", "content": [{"text": "x"}]}])
        error = caught.value.response
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 403
        return error["Error"]["Code"], error["Error"]["Message"]

    def test_unknown_key(self, server):
        code, message = self.raised(signing_client(server, access_key="AKIDNOBODY"))
        assert (code, message) == ("UnrecognizedClientException", "The security token included in the request is invalid.")

    def test_wrong_secret(self, server):
        code, message = self.raised(signing_client(server, secret="wrong"))
        assert code == "InvalidSignatureException"
        assert message.startswith(MISMATCH)
