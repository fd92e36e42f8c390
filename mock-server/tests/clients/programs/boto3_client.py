"""boto3 in its defaults."""

import os

import boto3

bedrock = boto3.client("bedrock-runtime")
ask = {"modelId": os.environ["MODEL"], "messages": [{"role": "user", "content": [{"text": "Tell me a story"}]}]}

print(bedrock.converse(**ask)["output"]["message"]["content"][0]["text"])

events = bedrock.converse_stream(**ask)["stream"]
print("".join(event.get("contentBlockDelta", {}).get("delta", {}).get("text", "") for event in events))
