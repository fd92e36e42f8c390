"""The environment of somebody who has just installed the program, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]
BINARY = Path(os.environ.get("BEDROCK_MOCK_BIN") or REPOSITORY / "target" / "debug" / "bedrock-mock").resolve()

# Whatever a machine sets for AWS, for the mock, for proxies, and for whom to trust.
UNWANTED = ("aws_", "bedrock_mock_", "anthropic_", "boto_", "http_proxy", "https_proxy", "all_proxy", "no_proxy")
TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS")


def environment(home: Path) -> dict[str, str]:
    """`bedrock-mock`, this Python's programs and Node.js on the PATH; a home directory of its own."""
    if not BINARY.is_file():
        raise FileNotFoundError(f"{BINARY} is not there: cargo build -p bedrock-mock, or set BEDROCK_MOCK_BIN")
    programs = home / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    if not (programs / "bedrock-mock").exists():
        (programs / "bedrock-mock").symlink_to(BINARY)
    kept = {name: value for name, value in os.environ.items() if not name.lower().startswith(UNWANTED)}
    for name in TRUST:
        kept.pop(name, None)
    path = [str(programs), str(Path(sys.executable).parent), kept.get("PATH", "")]
    # Another home also hides which version of a program its owner had chosen there.
    if node := shutil.which("node"):
        path.insert(2, str(Path(node).resolve().parent))
    return kept | {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "PATH": os.pathsep.join(path),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run(command: list[str], env: dict[str, str], cwd: Path, timeout: float = 90) -> subprocess.CompletedProcess[str]:
    """Runs it to its end; the caller judges the exit code."""
    return subprocess.run(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
