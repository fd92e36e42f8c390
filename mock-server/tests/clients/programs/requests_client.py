"""requests: bearer as the guide does it, or signed with botocore's signer, since requests has none."""

import json
import os

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

base = f"{os.environ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME']}/model/{os.environ['MODEL'].replace(':', '%3A')}"
body = json.dumps({"messages": [{"role": "user", "content": [{"text": "Tell me a story"}]}]})


def ask(operation: str, **headers: str) -> requests.Response:
    url = f"{base}/{operation}"
    headers["Content-Type"] = "application/json"
    if key := os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        headers["Authorization"] = f"Bearer {key}"
    else:
        request = AWSRequest("POST", url, headers=headers, data=body)
        SigV4Auth(Session().get_credentials(), "bedrock", os.environ["AWS_REGION"]).add_auth(request)
        headers = dict(request.headers)
    response = requests.post(url, data=body, headers=headers, stream=True, timeout=20)
    response.raise_for_status()
    return response


print(ask("converse").json()["output"]["message"]["content"][0]["text"])

story = ""
for line in ask("converse-stream", Accept="text/event-stream").iter_lines():
    if line.startswith(b"data: ") and line != b"data: [DONE]":
        story += json.loads(line[6:]).get("contentBlockDelta", {}).get("delta", {}).get("text", "")
print(story)
