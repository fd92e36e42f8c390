"""The AWS CLI, configured by the environment alone, as its users have it."""

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import awscli
import awscli.clidriver
import pytest
from clients import REGION, Server

# Installed with the other requirements, beside the interpreter that runs the tests.
SCRIPT = Path(sys.executable).with_name("aws")


class Cli:
    """Runs commands as they are printed, `aws` first, with an account's credentials."""

    def __init__(self, server: Server, account: str):
        services = ("BEDROCK", "BEDROCK_RUNTIME", "IAM", "STS")
        self._environment = {f"AWS_ENDPOINT_URL_{service}": server.http for service in services} | {
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_DEFAULT_OUTPUT": "json",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }

    def script(self, command: str) -> dict:
        """The program itself, which takes about a second to start."""
        done = subprocess.run(
            [sys.executable, str(SCRIPT), *words(command)],
            env=os.environ | self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def __call__(self, command: str) -> dict:
        """The same program inside this process."""
        code, out, err = self.main(command)
        assert code == 0, err
        return json.loads(out) if out.strip() else {}

    def main(self, command: str) -> tuple[int, str, str]:
        """Exit code and what is printed; a driver of its own reads the environment afresh."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environment.items():
                patch.setenv(name, value)
            # Importing the CLI sets this, and the tests' clean environment lacks it.
            patch.setenv("AWS_DATA_PATH", str(Path(awscli.__file__).with_name("data")))
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = awscli.clidriver.create_clidriver().main(words(command))
        return code, out.getvalue(), err.getvalue()


def words(command: str) -> list[str]:
    """The arguments of a command that may go over several lines."""
    aws, *arguments = shlex.split(command.replace("\\\n", " "))
    assert aws == "aws"
    return arguments
