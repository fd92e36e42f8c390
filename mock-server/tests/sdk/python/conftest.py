"""One server for the session, and clients that nothing on this machine can configure by accident."""

import os
import queue
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from botocore.config import Config
from clients import REGION, Server, session, signing_client

REPOSITORY = Path(__file__).resolve().parents[4]
BINARY = Path(os.environ.get("BEDROCK_MOCK_BIN") or REPOSITORY / "target" / "debug" / "bedrock-mock").resolve()
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 15


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that AWS clients, proxies or the mock read."""
    unwanted = ("AWS_", "BEDROCK_MOCK_", "BOTO_", "http_proxy", "https_proxy", "all_proxy")
    kept = {k: v for k, v in os.environ.items() if not k.lower().startswith(tuple(u.lower() for u in unwanted))}
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        kept.pop(name, None)
    return kept | {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


@pytest.fixture(scope="session", autouse=True)
def environment():
    """Replaces the environment before any client is made, and puts it back."""
    before = dict(os.environ)
    clean = clean_environment()
    os.environ.clear()
    os.environ.update(clean)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Server:
    if not BINARY.is_file():
        pytest.exit(f"{BINARY} is not there: cargo build -p bedrock-mock, or set BEDROCK_MOCK_BIN", returncode=2)
    work = tmp_path_factory.mktemp("bedrock-mock")
    ca_dir = work / "ca"
    stderr_path = work / "stderr.log"

    with stderr_path.open("wb") as stderr:
        process = subprocess.Popen(
            [str(BINARY), "serve", "--port", "0", "--self-check", "--ca-dir", str(ca_dir)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=clean_environment(),
            cwd=work,
            text=True,
        )

    # Reads to the end of the output, so that the server can never block on a full pipe.
    lines: queue.Queue[str | None] = queue.Queue()

    def pump() -> None:
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()

    seen: list[str] = []

    def read_until(pattern: str) -> re.Match:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                line = lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                process.kill()
                process.wait()
                pytest.exit(
                    f"the server printed no line like {pattern!r}; it printed {seen!r} and, on stderr:\n"
                    + stderr_path.read_text(errors="replace"),
                    returncode=3,
                )
            seen.append(line)
            if found := re.search(pattern, line):
                return found

    listening = read_until(r"^bedrock-mock listening on http://([0-9.]+):(\d+)$")
    assert len(seen) == 1, f"the address is not the first line: {seen!r}"
    key = read_until(r"AWS_BEARER_TOKEN_BEDROCK=(\S+)")

    yield Server(listening[1], int(listening[2]), key[1].strip("'\""), str(ca_dir / "ca.pem"))

    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        code = "none: it had to be killed"
    assert code == 0, f"exit code after SIGTERM is {code}; stderr:\n{stderr_path.read_text(errors='replace')}"


@pytest.fixture(scope="session")
def signed(server):
    return signing_client(server)


@pytest.fixture(scope="session")
def unchecked(server):
    """As `signed`, but botocore lets wrong parameters through to the server."""
    return signing_client(server, parameter_validation=False)


@pytest.fixture
def bearer(server, monkeypatch):
    """boto3 as the server's start message says: an API key in the environment, TLS, the CA file."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", server.api_key)
    monkeypatch.setenv("AWS_CA_BUNDLE", server.ca_bundle)
    return session().client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=server.https,
        config=Config(retries={"total_max_attempts": 1}),
    )
