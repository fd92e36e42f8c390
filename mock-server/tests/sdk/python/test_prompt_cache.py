"""What clients decode of the prompt cache: counts of boto3, the Anthropic SDK and frameworks, whole and streamed."""

import anthropic
import langchain_aws
import pytest
from clients import REGION
from langchain_core.messages import HumanMessage, SystemMessage

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "us.amazon.nova-lite-v1:0"
COUNTS = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")


def long(name: str) -> str:
    """Some 3,000 tokens; every test has a name of its own, because the server is shared."""
    return f"{name} knows a lot. " * 600


def ask(model: str, system: str, **point) -> dict:
    return {
        "modelId": model,
        "system": [{"text": system}, {"cachePoint": {"type": "default"} | point}],
        "messages": [{"role": "user", "content": [{"text": "Hello"}]}],
    }


def whole(client, request: dict) -> dict:
    return client.converse(**request)["usage"]


def streamed(client, request: dict) -> dict:
    events = list(client.converse_stream(**request)["stream"])
    return events[-1]["metadata"]["usage"]


@pytest.mark.parametrize("tell", [whole, streamed])
@pytest.mark.parametrize("model", [CLAUDE, NOVA])
def test_boto3_counts(signed, model, tell):
    request = ask(model, long(f"{model} {tell.__name__}"))
    first, second = tell(signed, request), tell(signed, request)

    assert first["cacheWriteInputTokens"] > 1024 and first["cacheReadInputTokens"] == 0
    assert second["cacheReadInputTokens"] == first["cacheWriteInputTokens"]
    assert second["cacheWriteInputTokens"] == 0
    for usage in (first, second):
        assert usage["totalTokens"] == sum(usage[name] for name in COUNTS)
    details = [{"ttl": "5m", "inputTokens": first["cacheWriteInputTokens"]}]
    assert first.get("cacheDetails") == (details if model == CLAUDE and tell is whole else None)
    assert "cacheDetails" not in second


def test_boto3_an_hour(signed):
    details = whole(signed, ask(CLAUDE, long("hour"), ttl="1h"))["cacheDetails"]

    assert [detail["ttl"] for detail in details] == ["1h"]


def test_boto3_a_model_without_a_cache(signed):
    with pytest.raises(signed.exceptions.AccessDeniedException, match="did not allow prompt caching"):
        signed.converse(**ask("qwen.qwen3-32b-v1:0", "Be brief"))


@pytest.fixture
def claude(server):
    return anthropic.AnthropicBedrock(
        base_url=server.http, aws_region=REGION, aws_access_key="test", aws_secret_key="test", max_retries=0
    )


def body(content, **more) -> dict:
    return {"model": CLAUDE, "max_tokens": 4000, "messages": [{"role": "user", "content": content}], **more}


def final(claude, request: dict):
    with claude.messages.stream(**request) as stream:
        return stream.get_final_message()


def test_anthropic_counts(claude):
    marked = [{"type": "text", "text": long("anthropic"), "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    request = body("Hello", system=marked)

    first = claude.messages.create(**request).usage
    assert first.cache_creation_input_tokens > 1024 and first.cache_read_input_tokens == 0
    assert first.cache_creation.ephemeral_1h_input_tokens == first.cache_creation_input_tokens
    assert first.cache_creation.ephemeral_5m_input_tokens == 0
    second = final(claude, request).usage
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
    assert (second.cache_creation_input_tokens, second.input_tokens) == (0, first.input_tokens)
    with pytest.raises(anthropic.BadRequestError, match="A maximum of 4 blocks"):
        claude.messages.create(**body(marked * 5))


def test_anthropic_thinking(claude):
    request = body("Hello", thinking={"type": "enabled", "budget_tokens": 2000})

    for message in (claude.messages.create(**request), final(claude, request)):
        thinking, text = message.content
        assert (thinking.type, text.type) == ("thinking", "text")
        assert thinking.thinking and thinking.signature


def test_anthropic_citations(claude):
    source = {"type": "text", "media_type": "text/plain", "data": "Grass is green. The sky is blue."}
    document = {"type": "document", "source": source, "title": "Nature", "citations": {"enabled": True}}
    request = body([document, {"type": "text", "text": "What is green?"}])

    whole, streamed = claude.messages.create(**request), final(claude, request)
    assert [block.to_dict() for block in whole.content] == [block.to_dict() for block in streamed.content]
    (citation,) = whole.content[1].citations
    assert (citation.type, citation.cited_text) == ("char_location", "Grass is green. ")
    assert (citation.document_index, citation.document_title) == (0, "Nature")
    assert whole.content[0].citations is None


def test_langchain_counts(signed):
    """langchain-aws adds what was read and written to the input tokens."""
    chat = langchain_aws.ChatBedrockConverse(client=signed, bedrock_client=signed, model=CLAUDE, provider="anthropic")
    system = SystemMessage(content=[{"text": long("langchain")}, {"cachePoint": {"type": "default"}}])
    asked = [system, HumanMessage(content="Hello")]

    first, second = chat.invoke(asked).usage_metadata, chat.invoke(asked).usage_metadata
    # It takes what was written from `cacheDetails`.
    written = first["input_token_details"]["ephemeral_5m_input_tokens"]
    assert written > 1024
    assert second["input_token_details"]["cache_read"] == written
    assert second["input_token_details"].get("cache_creation", 0) == 0
    assert first["input_tokens"] == second["input_tokens"]
    whole = None
    for part in chat.stream(asked):
        whole = part if whole is None else whole + part
    assert whole.usage_metadata["input_token_details"]["cache_read"] == written
    assert whole.usage_metadata["total_tokens"] == second["total_tokens"]
