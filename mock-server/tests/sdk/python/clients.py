"""Where the server is, and a client for it."""

import json
import urllib.request
from dataclasses import dataclass

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

REGION = "us-west-2"

# Service models, read once: reading them is most of the time that a client takes to be made.
LOADER = Loader(include_default_search_paths=True)


@dataclass(frozen=True)
class Server:
    """The running binary, as its own output describes it."""

    host: str
    port: int
    api_key: str
    ca_bundle: str

    @property
    def http(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def https(self) -> str:
        return f"https://localhost:{self.port}"


def session() -> boto3.session.Session:
    """A session that reads the environment as it is now."""
    own = botocore.session.get_session()
    own.register_component("data_loader", LOADER)
    return boto3.session.Session(botocore_session=own)


def signing_client(server: Server, *, access_key: str = "test", secret: str = "test", endpoint: str | None = None, **config):
    """boto3 with an access key pair, over http:// unless told otherwise; one attempt per call."""
    return session().client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=endpoint or server.http,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


def put_scenarios(server: Server, account: str, scenarios: list[dict]) -> None:
    """Gives an account its scenarios."""
    request = urllib.request.Request(
        f"{server.http}/_mock/scenarios?account={account}",
        data=json.dumps({"scenarios": scenarios}).encode(),
        headers={"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status < 300
