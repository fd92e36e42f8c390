"""What a boto3 user reads when a conversation breaks a rule: the requests of refusals.json."""

import base64
import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EventStreamError

TABLE = json.loads((Path(__file__).parent.parent / "refusals.json").read_text())


def spelled(value):
    """A request of the table in boto3's types."""
    if isinstance(value, dict) and "base64" in value:
        return base64.b64decode(value["base64"]).ljust(value.get("fill", 0), b"x")
    if isinstance(value, dict):
        return {key: spelled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [spelled(inner) for entry in value for inner in repeated(entry)]
    return value


def repeated(entry):
    if not (isinstance(entry, dict) and "repeat" in entry):
        return [entry]
    text = json.dumps(entry["of"])
    return [json.loads(text.replace("{n}", str(n))) for n in range(entry["repeat"])]


def cases(name):
    return [pytest.param(case, id=case["rule"]) for case in TABLE[name]]


@pytest.mark.parametrize("case", cases("cases"))
def test_refused(signed, case):
    for stream, call in [(False, signed.converse), (True, signed.converse_stream)]:
        if case.get("stream", stream) != stream:
            continue
        with pytest.raises(ClientError) as refused:
            call(modelId=case["model"], **spelled(case["request"]))
        error = refused.value.response
        assert error["Error"] == {"Message": case["message"], "Code": case["type"]}
        assert error["ResponseMetadata"]["HTTPStatusCode"] == case["status"]
        assert type(refused.value).__name__ == case["type"]


@pytest.mark.parametrize("case", cases("accepted"))
def test_accepted(signed, case):
    request = spelled(case["request"])
    assert signed.converse(modelId=case["model"], **request)["stopReason"]
    events = list(signed.converse_stream(modelId=case["model"], **request)["stream"])
    assert [name for event in events[-2:] for name in event] == ["messageStop", "metadata"]


def test_nova_refuses_an_image_inside_the_stream(signed):
    (case,) = (case for case in TABLE["cases"] if case["rule"] == "base64 of base64, Nova")
    stream = signed.converse_stream(modelId=case["model"], **spelled(case["request"]))["stream"]
    with pytest.raises(EventStreamError) as refused:
        list(stream)
    assert refused.value.response["Error"] == {"Message": case["message"], "Code": "validationException"}


def test_count_tokens_judges_alike(signed):
    counts = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    members = {"messages", "system", "toolConfig", "additionalModelRequestFields"}
    alike = [case for case in TABLE["cases"] if counts in case["model"] and not set(case["request"]) - members]
    too_long = [case for case in alike if case.get("counted")]
    alike = [case for case in alike if not case.get("counted")]
    assert len(alike) > 30 and too_long
    # Who asks how long a prompt is wants to be told of those that are too long.
    for case in too_long:
        counted = signed.count_tokens(modelId=counts, input={"converse": spelled(case["request"])})
        assert counted["inputTokens"] > 200_000
    for case in alike:
        request = case["request"]
        with pytest.raises(ClientError) as refused:
            signed.count_tokens(modelId=counts, input={"converse": spelled(request)})
        assert refused.value.response["Error"] == {"Message": case["message"], "Code": case["type"]}
