"""A long-term key after its last day, as a user of boto3 meets it."""

import re
import signal
import subprocess

import pytest
from clients import REGION, session
from conftest import BINARY, STOP_TIMEOUT_S, clean_environment
from wire import CLAUDE, HELLO

SERVICE = "bedrock.amazonaws.com"


class Mock:
    """The program on a state file; stopped when the block ends."""

    def __init__(self, home):
        self._home = home
        self._arguments = ["--port", "0", "--state", str(home / "state"), "--ca-dir", str(home / "ca")]

    def __enter__(self):
        self._process = subprocess.Popen(
            [str(BINARY), "serve", *self._arguments, "--access-log", "false"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environment(),
            text=True,
        )
        line = self._process.stdout.readline()
        self._port = re.search(r"listening on http://\S+:(\d+)$", line)[1]
        return self

    def iam(self):
        return self._client("iam", "http", aws_access_key_id="test", aws_secret_access_key="test")

    def runtime(self):
        """With the API key of the environment, which boto3 sends over TLS alone."""
        return self._client("bedrock-runtime", "https", verify=str(self._home / "ca" / "ca.pem"))

    def _client(self, service, scheme, **more):
        endpoint = f"{scheme}://localhost:{self._port}"
        return session().client(service, region_name=REGION, endpoint_url=endpoint, **more)

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(STOP_TIMEOUT_S) == 0
        self._process.stdout.close()


def test_it_is_refused_and_listed_as_expired(tmp_path, monkeypatch):
    with Mock(tmp_path) as mock:
        iam = mock.iam()
        made = iam.create_service_specific_credential(UserName="ann", ServiceName=SERVICE, CredentialAgeDays=1)
        key = made["ServiceSpecificCredential"]
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", key["ServiceCredentialSecret"])
        answer = mock.runtime().converse(modelId=CLAUDE, messages=HELLO)
        assert answer["stopReason"] == "end_turn"

    # The day passes: the file keeps the expiry as digits, which become as many of an earlier second.
    state = tmp_path / "state"
    then = str(int(key["ExpirationDate"].timestamp())).encode()
    before, after = b'"expires":' + then, b'"expires":' + b"1000000000"
    kept = state.read_bytes()
    assert before in kept and len(before) == len(after)
    state.write_bytes(kept.replace(before, after))

    with Mock(tmp_path) as mock:
        (listed,) = mock.iam().list_service_specific_credentials(UserName="ann")["ServiceSpecificCredentials"]
        assert listed["Status"] == "Expired"
        assert listed["ExpirationDate"].timestamp() == 1_000_000_000
        runtime = mock.runtime()
        with pytest.raises(runtime.exceptions.AccessDeniedException) as caught:
            runtime.converse(modelId=CLAUDE, messages=HELLO)
        assert caught.value.response["Error"]["Message"] == "Bearer Token has expired"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
