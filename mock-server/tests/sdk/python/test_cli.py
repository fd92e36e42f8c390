"""Every imitated operation of the control plane, IAM and STS as a command of the AWS CLI."""

import itertools
import json
import re
import string
from urllib.request import urlopen

import pytest
from cli import Cli
from clients import REGION, session
from wire import CLAUDE, CLAUDE_GLOBAL

ACCOUNTS = itertools.count(320000000000)
SERVICE = "bedrock.amazonaws.com"
CLAUDE_ARN = f"arn:aws:bedrock:{REGION}::foundation-model/{CLAUDE}"
PROFILE = r"arn:aws:bedrock:us-west-2:\d{12}:application-inference-profile/[a-z0-9]{12}"
KEY_ID = re.compile("ACCA[A-Z0-9]{17}")
TAGS = [{"key": "team", "value": "one"}]

# Commands may name: {arn} {id} of a profile with TAGS; {user} who has one key, {key}, and {spare},
# who has none; {account}. Below each: what its answer must be. JMESPath is --query's language.
CONTROL = {
    f"create-inference-profile --inference-profile-name cli --model-source copyFrom={CLAUDE_ARN} --tags key=a,value=b": (
        lambda a, _: re.fullmatch(PROFILE, a["inferenceProfileArn"]) and a["status"] == "ACTIVE"
    ),
    "get-inference-profile --inference-profile-identifier {id}": (
        lambda a, m: a["inferenceProfileArn"] == m["arn"] and a["models"] == [{"modelArn": CLAUDE_ARN}]
    ),
    f"get-inference-profile --inference-profile-identifier {CLAUDE_GLOBAL}": lambda a, _: a["type"] == "SYSTEM_DEFINED",
    "list-inference-profiles --type-equals APPLICATION": (
        lambda a, m: [p["inferenceProfileId"] for p in a["inferenceProfileSummaries"]] == [m["id"]]
    ),
    # The CLI asks for page after page.
    "list-inference-profiles --page-size 10 --query length(inferenceProfileSummaries)": lambda a, _: a > 20,
    "delete-inference-profile --inference-profile-identifier {id}": lambda a, _: a == {},
    "list-tags-for-resource --resource-arn {arn}": lambda a, _: a == {"tags": TAGS},
    "tag-resource --resource-arn {arn} --tags key=a,value=b": lambda a, _: a == {},
    "untag-resource --resource-arn {arn} --tag-keys team": lambda a, _: a == {},
    f"get-foundation-model --model-identifier {CLAUDE}": lambda a, _: a["modelDetails"]["modelArn"] == CLAUDE_ARN,
    f"get-foundation-model-availability --model-id {CLAUDE}": (
        lambda a, _: a["modelId"] == CLAUDE and a["regionAvailability"] == "AVAILABLE"
    ),
    "list-foundation-models": lambda a, _: CLAUDE in [m["modelId"] for m in a["modelSummaries"]],
    "list-foundation-models --by-provider anthropic": (
        lambda a, _: {m["providerName"] for m in a["modelSummaries"]} == {"Anthropic"}
    ),
    "list-foundation-models --by-customization-type CONTINUED_PRE_TRAINING": (
        lambda a, _: a["modelSummaries"] and all("CONTINUED_PRE_TRAINING" in m["customizationsSupported"] for m in a["modelSummaries"])
    ),
    "list-foundation-models --by-output-modality EMBEDDING": (
        lambda a, _: a["modelSummaries"] and all("EMBEDDING" in m["outputModalities"] for m in a["modelSummaries"])
    ),
    "list-foundation-models --by-inference-type ON_DEMAND": (
        lambda a, _: a["modelSummaries"] and all("ON_DEMAND" in m["inferenceTypesSupported"] for m in a["modelSummaries"])
    ),
    "list-foundation-models --by-inference-type PROVISIONED": lambda a, _: a == {"modelSummaries": []},
}

IAM = {
    "create-user --user-name new --path /team/ --tags Key=team,Value=one": (
        lambda a, m: a["User"]["Arn"] == f"arn:aws:iam::{m['account']}:user/team/new"
    ),
    "get-user --user-name {user}": lambda a, m: a["User"]["UserName"] == m["user"],
    "list-users --max-items 10": lambda a, m: [u["UserName"] for u in a["Users"]] == [m["spare"], m["user"]],
    "delete-user --user-name {spare}": lambda a, _: a == {},
    f"create-service-specific-credential --user-name {{user}} --service-name {SERVICE} --credential-age-days 30": (
        lambda a, _: a["ServiceSpecificCredential"]["ServiceCredentialSecret"].startswith("ABSK")
        and a["ServiceSpecificCredential"]["ExpirationDate"]
    ),
    "list-service-specific-credentials --all-users": (
        lambda a, m: [k["ServiceSpecificCredentialId"] for k in a["ServiceSpecificCredentials"]] == [m["key"]]
    ),
    "update-service-specific-credential --user-name {user} --service-specific-credential-id {key} --status Inactive": (
        lambda a, _: a == {}
    ),
    "reset-service-specific-credential --user-name {user} --service-specific-credential-id {key}": (
        lambda a, m: a["ServiceSpecificCredential"]["ServiceSpecificCredentialId"] == m["key"]
    ),
    "delete-service-specific-credential --user-name {user} --service-specific-credential-id {key}": lambda a, _: a == {},
}

STS = {
    "get-caller-identity": lambda a, m: a["Account"] == m["account"],
    "get-session-token --duration-seconds 900": lambda a, _: a["Credentials"]["AccessKeyId"].startswith("ASIA"),
    "assume-role --role-arn arn:aws:iam::{account}:role/Reader --role-session-name me": (
        lambda a, m: a["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{m['account']}:assumed-role/Reader/me"
    ),
}

COMMANDS = {"bedrock": CONTROL, "iam": IAM, "sts": STS}
ROWS = [(service, command) for service, commands in COMMANDS.items() for command in commands]


@pytest.fixture
def made(server) -> dict[str, str]:
    """An account of its own with something to name."""
    account = str(next(ACCOUNTS))

    def client(service: str):
        return session().client(
            service, region_name=REGION, endpoint_url=server.http, aws_access_key_id=account, aws_secret_access_key="test"
        )

    source = {"copyFrom": CLAUDE_ARN}
    profile = client("bedrock").create_inference_profile(inferenceProfileName="made", modelSource=source, tags=TAGS)
    iam = client("iam")
    for name in ("ann", "abe"):
        iam.create_user(UserName=name)
    key = iam.create_service_specific_credential(UserName="ann", ServiceName=SERVICE)["ServiceSpecificCredential"]
    arn = profile["inferenceProfileArn"]
    return {
        "account": account,
        "arn": arn,
        "id": arn.rpartition("/")[2],
        "user": "ann",
        "spare": "abe",
        "key": key["ServiceSpecificCredentialId"],
    }


@pytest.mark.parametrize(("service", "command"), ROWS, ids=lambda text: text.partition(" -")[0])
def test_command(server, made, service, command):
    assert KEY_ID.fullmatch(made["key"])
    answer = Cli(server, made["account"])(f"aws {service} {command.format(**made)}")
    assert COMMANDS[service][command](answer, made), json.dumps(answer)[:2000]


def test_what_commands_changed(server, made):
    """Answers without content have an effect all the same."""
    run = Cli(server, made["account"])
    run(f"aws bedrock tag-resource --resource-arn {made['arn']} --tags key=a,value=b")
    run(f"aws bedrock untag-resource --resource-arn {made['arn']} --tag-keys team")
    listed = run(f"aws bedrock list-tags-for-resource --resource-arn {made['arn']}")
    assert listed == {"tags": [{"key": "a", "value": "b"}]}
    get = f"aws bedrock get-inference-profile --inference-profile-identifier {made['id']}"
    run(get)
    run(f"aws bedrock delete-inference-profile --inference-profile-identifier {made['id']}")
    code, out, err = run.main(get)
    assert (code, out) == (255, "")
    assert "(ResourceNotFoundException)" in err and "GetInferenceProfile" in err


def test_no_operation_is_left_out(server):
    """The mock says itself what it imitates."""
    with urlopen(f"{server.http}/_mock/coverage", timeout=20) as answer:
        services = {s["service"]: s["operations"] for s in json.load(answer)["services"]}
    capitals = re.compile(f"(?<=.)([{string.ascii_uppercase}])")
    for service, commands in COMMANDS.items():
        imitated = {capitals.sub(r"-\1", o["name"]).lower() for o in services[service] if o["imitated"]}
        assert {command.split()[0] for command in commands} == imitated
