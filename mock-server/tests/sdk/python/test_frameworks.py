"""Frameworks that people build on, against the mock: langchain-aws, LiteLLM and the Anthropic SDK chat,
stream, call tools, embed and draw."""

import base64
import io
import math
import os

# Else LiteLLM fetches its price list from the network when imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import anthropic
import langchain_aws
import litellm as litellm_module
import pytest
from clients import REGION
from PIL import Image

TEXTS = ["The cat sat on the mat", "The kitten sat on the mat", "Airplanes need long runways"]
MODELS = [
    ("amazon.titan-embed-text-v1", 1536),
    ("amazon.titan-embed-text-v2:0", 1024),
    ("cohere.embed-english-v3", 1024),
    ("cohere.embed-v4:0", 1536),
]


def nearer(vectors: list) -> bool:
    def cosine(a, b):
        return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)

    cat, kitten, airplane = vectors
    return cosine(cat, kitten) > cosine(cat, airplane) + 0.2


@pytest.mark.parametrize(("model", "dimension"), MODELS)
def test_langchain_embeddings(signed, model, dimension):
    if "v4" in model:
        model = f"us.{model}"
    embeddings = langchain_aws.BedrockEmbeddings(client=signed, model_id=model, provider=model.removeprefix("us.").split(".")[0])

    documents = embeddings.embed_documents(TEXTS)
    assert [len(v) for v in documents] == [dimension] * 3
    assert nearer(documents)
    assert len(embeddings.embed_query("cat")) == dimension


@pytest.fixture
def litellm():
    return litellm_module


def credentials(server) -> dict:
    return {
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
        "aws_region_name": "us-west-2",
        "aws_bedrock_runtime_endpoint": server.http,
    }


@pytest.mark.parametrize(
    ("model", "dimension"),
    [
        *(("us." * ("v4" in model) + model, dimension) for model, dimension in MODELS),
        ("amazon.titan-embed-image-v1", 1024),
    ],
)
def test_litellm_embeddings(litellm, server, model, dimension):
    answer = litellm.embedding(model=f"bedrock/{model}", input=TEXTS, **credentials(server))

    vectors = [entry["embedding"] for entry in answer.data]
    assert [len(v) for v in vectors] == [dimension] * 3
    assert nearer(vectors)
    assert answer.usage.prompt_tokens > 0


@pytest.mark.parametrize("model", ["amazon.nova-canvas-v1:0", "amazon.titan-image-generator-v2:0", "stability.sd3-5-large-v1:0"])
def test_litellm_images(litellm, server, model):
    answer = litellm.image_generation(model=f"bedrock/{model}", prompt="a panda", **credentials(server))

    drawn = Image.open(io.BytesIO(base64.b64decode(answer.data[0].b64_json)))
    assert drawn.format == "PNG"
    assert drawn.size == (1024, 1024)


CHAT = [
    "anthropic.claude-3-haiku-20240307-v1:0",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "amazon.nova-lite-v1:0",
    "meta.llama3-8b-instruct-v1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "cohere.command-r-v1:0",
]
WEATHER = {
    "title": "get_weather",
    "description": "The weather at a place",
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"enum": ["c", "f"]}},
    "required": ["city", "unit"],
}


@pytest.mark.parametrize("model", CHAT)
def test_langchain_converse(signed, model):
    chat = langchain_aws.ChatBedrockConverse(client=signed, bedrock_client=signed, model=model, provider=model.removeprefix("us.").split(".")[0])
    whole = chat.invoke("Tell me a story")
    assert "Tell me a story" in whole.content
    assert whole.usage_metadata["output_tokens"] > 0
    parts = list(chat.stream("Tell me a story"))
    text = "".join(block["text"] for part in parts for block in part.content if isinstance(block, dict) and "text" in block)
    assert text == whole.content


# langchain-aws speaks these two by Converse alone.
@pytest.mark.parametrize("model", [m for m in CHAT if m.split(".")[0] not in ("cohere", "amazon")])
def test_langchain_invoke(signed, model):
    chat = langchain_aws.ChatBedrock(client=signed, bedrock_client=signed, model=model, provider=model.removeprefix("us.").split(".")[0], beta_use_converse_api=False)
    # Families that take one prompt get the conversation as one text, which the answer quotes in part.
    whole = chat.invoke("Tell me a story")
    assert "bedrock-mock" in whole.content
    streamed = "".join(part.content if isinstance(part.content, str) else "" for part in chat.stream("Tell me a story"))
    assert streamed == whole.content


@pytest.mark.parametrize("model", ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon.nova-lite-v1:0"])
def test_langchain_tools(signed, model):
    chat = langchain_aws.ChatBedrockConverse(client=signed, bedrock_client=signed, model=model, provider=model.removeprefix("us.").split(".")[0])
    bound = chat.bind_tools([WEATHER], tool_choice="get_weather" if "claude" in model else "any")
    called = bound.invoke("How warm is it?")
    assert [(call["name"], call["args"]) for call in called.tool_calls] == [("get_weather", {"city": "value", "unit": "c"})]
    whole = None
    for part in bound.stream("How warm is it?"):
        whole = part if whole is None else whole + part
    assert whole.tool_calls[0]["args"] == {"city": "value", "unit": "c"}
    assert whole.tool_calls[0]["id"] == called.tool_calls[0]["id"]


@pytest.fixture
def claude(server):
    return anthropic.AnthropicBedrock(
        base_url=server.http, aws_region=REGION, aws_access_key="test", aws_secret_key="test", max_retries=0
    )


def test_anthropic_tools_whole_and_streamed(claude):
    ask = {
        "model": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "max_tokens": 200,
        "messages": [{"role": "user", "content": "How warm is it?"}],
        "tools": [{"name": "get_weather", "input_schema": {k: v for k, v in WEATHER.items() if k not in ("title", "description")}}],
        "tool_choice": {"type": "tool", "name": "get_weather"},
    }
    whole = claude.messages.create(**ask)
    assert whole.stop_reason == "tool_use"
    assert whole.content[0].input == {"city": "value", "unit": "c"}
    with claude.messages.stream(**ask) as stream:
        streamed = stream.get_final_message()
    assert streamed.content[0].input == whole.content[0].input
    assert streamed.usage.output_tokens == whole.usage.output_tokens


def test_anthropic_refusals(claude):
    with pytest.raises(anthropic.BadRequestError) as caught:
        claude.messages.create(model="anthropic.no-such-model", max_tokens=1, messages=[{"role": "user", "content": "x"}])
    assert caught.value.body == {"message": "The provided model identifier is invalid."}
