"""`bedrock-mock env` in real shells and through a real dotenv reader, with the worst of directories."""

import json
import os
import shutil

import pytest
import stranger
from dotenv import dotenv_values

# Everything that some shell takes for something else, a quote of each kind included.
WORST = "it's a \"$HOME\" `id` $(id) \\ ; & | < > * ? [a] {b} ~ # ! ’%PATH%"

SHELLS = {
    "sh": ("sh", ["sh", "-euc"], 'eval "$(bedrock-mock env)"'),
    "bash": ("sh", ["bash", "-euc"], 'eval "$(bedrock-mock env)"'),
    "dash": ("sh", ["dash", "-euc"], 'eval "$(bedrock-mock env)"'),
    "zsh": ("sh", ["zsh", "-euc"], 'eval "$(bedrock-mock env)"'),
    "fish": ("fish", ["fish", "-c"], "bedrock-mock env --shell fish | source"),
    "pwsh": (
        "powershell",
        ["pwsh", "-NoProfile", "-Command"],
        "bedrock-mock env --shell powershell | Out-String | Invoke-Expression",
    ),
}
# sh and bash are on every machine that runs these tests; of the others, those that are there.
HERE = [name for name in SHELLS if name in ("sh", "bash") or shutil.which(name)]

DUMP = "python -c 'import json, os; print(json.dumps(dict(os.environ)))'"
CONTRADICTING = {"AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "of-other-keys", "AWS_USE_FIPS_ENDPOINT": "true"}


def expected(env, cwd, *arguments) -> dict[str, str]:
    done = stranger.run(["bedrock-mock", "env", "--shell", "json", *arguments], env, cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", HERE)
def test_shell(tmp_path, name):
    _, command, line = SHELLS[name]
    worst = tmp_path / WORST.replace("/", "")
    env = stranger.environment(tmp_path) | {"BEDROCK_MOCK_CA_DIR": str(worst)}
    wanted = expected(env, tmp_path)
    assert wanted["NODE_EXTRA_CA_CERTS"] == str(worst / "ca.pem")

    done = stranger.run([*command, f"{line}\n{DUMP}"], env | CONTRADICTING, tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert {name: found.get(name) for name in wanted} == wanted
    assert not CONTRADICTING.keys() & found.keys()
    # Nothing but that has changed; what shells set by themselves aside.
    own = {"_", "SHLVL", "PWD", "OLDPWD", "LC_CTYPE", "PSModulePath", "USER", "LOGNAME"}
    assert found.keys() - env.keys() - wanted.keys() - own == set()


@pytest.mark.parametrize("directory", ["plain", "with a space", "a $HOME and #", "it's", 'a "quoted" one'])
def test_dotenv(tmp_path, directory):
    env = stranger.environment(tmp_path) | {"BEDROCK_MOCK_CA_DIR": str(tmp_path / directory)}
    done = stranger.run(["bedrock-mock", "env", "--shell", "dotenv"], env, tmp_path)
    assert done.returncode == 0, done.stderr
    file = tmp_path / ".env"
    file.write_text(done.stdout)
    assert dotenv_values(file) == expected(env, tmp_path)


def test_dotenv_refuses_what_its_readers_read_differently(tmp_path):
    env = stranger.environment(tmp_path) | {"BEDROCK_MOCK_CA_DIR": str(tmp_path / r"back\slash")}
    done = stranger.run(["bedrock-mock", "env", "--shell", "dotenv"], env, tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--ca-dir" in done.stderr


def test_a_failure_leaves_the_shell_as_it_was(tmp_path):
    env = stranger.environment(tmp_path)
    script = f'eval "$(bedrock-mock env --url nonsense)"\n{DUMP}'
    done = stranger.run(["sh", "-euc", script], env, tmp_path)
    assert "--url nonsense: expected http:// or https://" in done.stderr
    assert "AWS_ACCESS_KEY_ID" not in json.loads(done.stdout)


def test_other_servers_stay_trusted(tmp_path):
    """The bundle replaces trust stores, so it holds all that the system's own holds."""
    wanted = expected(stranger.environment(tmp_path), tmp_path)
    bundle = open(wanted["SSL_CERT_FILE"]).read()
    ours = open(wanted["NODE_EXTRA_CA_CERTS"]).read()
    assert bundle.endswith(ours)
    system = "/etc/ssl/certs/ca-certificates.crt"
    if os.path.exists(system):
        assert bundle.startswith(open(system).read())
    assert bundle.count("BEGIN CERTIFICATE") > ours.count("BEGIN CERTIFICATE")
