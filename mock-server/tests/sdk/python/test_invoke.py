"""boto3 decodes InvokeModel and its stream for every family, asked as in fixtures/providers."""

import json
from pathlib import Path

import pytest

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
