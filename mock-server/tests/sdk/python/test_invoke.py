"""boto3 decodes InvokeModel and its stream for every family, asked as in fixtures/providers."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import EventStreamError

PROVIDERS = Path(__file__).resolve().parents[4] / "fixtures" / "providers"
METRICS = "amazon-bedrock-invocationMetrics"


def pairs(member: str) -> list:
    found = []
    for file in sorted(PROVIDERS.glob("*/*.json")):
        pair = json.loads(file.read_text())
        if "basis" in pair and member in pair:
            found.append(pytest.param(pair, id=f"{file.parent.name}/{file.stem}"))
    return found


@pytest.mark.parametrize("pair", pairs("response"))
def test_whole_answer(signed, pair):
    answer = signed.invoke_model(modelId=pair["model"], body=json.dumps(pair["request"]))

    assert answer["contentType"] == "application/json"
    assert list(json.loads(answer["body"].read())) == list(pair["response"])
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    for name in ("invocation-latency", "input-token-count", "output-token-count"):
        assert int(headers[f"x-amzn-bedrock-{name}"]) > 0


@pytest.mark.parametrize("pair", pairs("chunks"))
def test_chunks(signed, pair):
    answer = signed.invoke_model_with_response_stream(modelId=pair["model"], body=json.dumps(pair["request"]))
    assert answer["contentType"] == "application/json"

    chunks = [json.loads(event["chunk"]["bytes"]) for event in answer["body"]]

    expected = [list(entry["chunk"]) for entry in pair["chunks"]]
    assert all(list(chunk) in expected for chunk in chunks)
    assert list(chunks[0]) == expected[0] and list(chunks[-1]) == expected[-1]
    assert [METRICS in chunk for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert list(chunks[-1][METRICS]) == ["inputTokenCount", "outputTokenCount", "invocationLatency", "firstByteLatency"]


def test_a_broken_body_is_a_validation_exception(signed):
    with pytest.raises(signed.exceptions.ValidationException, match="required key \\[inputText\\] not found"):
        signed.invoke_model(modelId="amazon.titan-text-express-v1", body="{}")


CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "amazon.nova-lite-v1:0"
HELLO = {"role": "user", "content": "Hello"}


@pytest.mark.parametrize(
    "members, words",
    [
        (
            {"temperature": 0.5, "top_p": 0.5},
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]},
            "messages: text content blocks must be non-empty",
        ),
        (
            {"thinking": {"type": "adaptive"}},
            "adaptive thinking is not supported on this model",
        ),
    ],
)
def test_claude_refuses_in_its_own_words(signed, members, words):
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [HELLO], **members}
    for call in (signed.invoke_model, signed.invoke_model_with_response_stream):
        with pytest.raises(signed.exceptions.ValidationException) as refused:
            call(modelId=CLAUDE, body=json.dumps(body))
        assert refused.value.response["Error"]["Message"] == words


def test_nova_refuses_an_image_inside_the_stream(signed):
    image = {"format": "png", "source": {"bytes": "bm8gaW1hZ2U="}}
    body = {"messages": [{"role": "user", "content": [{"image": image}, {"text": "What is it?"}]}]}
    answer = signed.invoke_model_with_response_stream(modelId=NOVA, body=json.dumps(body))
    with pytest.raises(EventStreamError) as refused:
        list(answer["body"])
    assert refused.value.response["Error"]["Code"] == "validationException"
    assert "does not match the expected type image/png" in refused.value.response["Error"]["Message"]


def test_what_was_asked_for_by_header_comes_back(signed):
    body = json.dumps({"messages": [HELLO], "max_completion_tokens": 20})
    asked = {"modelId": "openai.gpt-oss-20b-1:0", "body": body, "serviceTier": "flex"}
    assert signed.invoke_model(**asked)["serviceTier"] == "flex"
    assert signed.invoke_model_with_response_stream(**asked)["serviceTier"] == "flex"
    plain = signed.invoke_model(modelId=asked["modelId"], body=body)
    assert "serviceTier" not in plain
