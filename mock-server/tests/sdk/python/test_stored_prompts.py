"""boto3 with the ARN of a stored prompt for a model id."""

import json
import re
import subprocess

import pytest
from clients import Server, signing_client
from conftest import BINARY, STOP_TIMEOUT_S, clean_environment

PROMPT = "arn:aws:bedrock:us-west-2:123456789012:prompt/PLAYLIST01:1"
LAYER = {
    "prompts": [
        {
            "arn": PROMPT,
            "model": "us.amazon.nova-lite-v1:0",
            "messages": [{"role": "user", "content": [{"text": "Make a {{genre}} playlist of {{number}} songs."}]}],
            "inferenceConfig": {"maxTokens": 200},
        }
    ]
}
VARIABLES = {"genre": {"text": "pop"}, "number": {"text": "3"}}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    home = tmp_path_factory.mktemp("prompts")
    layer = home / "prompts.json"
    layer.write_text(json.dumps(LAYER))
    process = subprocess.Popen(
        [str(BINARY), "serve", "--port", "0", "--ca-dir", str(home / "ca"), "--catalogue", str(layer), "--access-log", "false"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
        text=True,
    )
    port = re.search(r"listening on http://\S+:(\d+)$", process.stdout.readline())[1]
    yield signing_client(Server("127.0.0.1", int(port), "", ""))
    process.terminate()
    assert process.wait(STOP_TIMEOUT_S) == 0


def test_variables_whole_and_streamed(client):
    answer = client.converse(modelId=PROMPT, promptVariables=VARIABLES)
    text = answer["output"]["message"]["content"][0]["text"]
    assert "Make a pop playlist of 3 songs." in text

    events = client.converse_stream(modelId=PROMPT, promptVariables=VARIABLES)["stream"]
    deltas = [event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event]
    assert "".join(deltas) == text


def test_refusals(client):
    invalid = client.exceptions.ValidationException
    with pytest.raises(invalid, match="inferenceConfig"):
        client.converse(modelId=PROMPT, promptVariables=VARIABLES, inferenceConfig={"maxTokens": 1})
    with pytest.raises(invalid, match="number"):
        client.converse(modelId=PROMPT, promptVariables={"genre": {"text": "pop"}})
    with pytest.raises(invalid, match="promptVariables"):
        client.converse(modelId="amazon.nova-lite-v1:0", promptVariables=VARIABLES)
