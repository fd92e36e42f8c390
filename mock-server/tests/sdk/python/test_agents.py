"""Agents that people build on Converse, through whole tool loops: strands-agents, langchain-aws, pydantic-ai.

Each drives itself: it sends the tools, runs what it is asked to run, sends the results back and stops when the
answer is text. Without a script the mock calls the tools that the user names; with one it plays the script.
"""

import asyncio
import secrets

import langchain_aws
import pytest
from clients import REGION, Server, put_scenarios, session, signing_client
from langchain_core.messages import HumanMessage, ToolMessage
from pydantic import BaseModel

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "amazon.nova-lite-v1:0"
GPT_OSS = "openai.gpt-oss-120b-1:0"
MODELS = [CLAUDE, NOVA, GPT_OSS]
THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

# Two turns with tools, two calls in the first, and words before and after.
SCRIPT = [
    {
        "content": [
            {"text": "Let me look."},
            {"toolUse": {"name": "get_weather", "input": {"city": "Zürich"}}},
            {"toolUse": {"name": "get_weather", "input": {"city": "Oslo"}}},
        ]
    },
    {"content": [{"toolUse": {"name": "get_time", "input": {"city": "Oslo"}}}]},
    {"text": "Zürich and Oslo are warm, and it is noon."},
]
STORY = [("get_weather", "Zürich"), ("get_weather", "Oslo"), ("get_time", "Oslo")]


class Person(BaseModel):
    """A person."""

    name: str
    age: int


class Calls:
    """Tools that note what they are asked."""

    def __init__(self):
        self.made = []

    def weather(self, city: str) -> str:
        self.made.append(("get_weather", city))
        return f"It is 21 degrees in {city}."

    def time(self, city: str) -> str:
        self.made.append(("get_time", city))
        return f"It is noon in {city}."


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def account(server) -> str:
    """An account that plays the script once."""
    account = f"9{secrets.randbelow(10**11):011}"
    put_scenarios(server, account, [{"name": "three turns", "reply": SCRIPT}])
    return account


class TestStrands:
    def agent(self, server: Server, model: str, calls: Calls, access_key: str = "test", **config):
        from strands import Agent, tool
        from strands.models import BedrockModel

        @tool
        def get_weather(city: str) -> str:
            """The weather in a city."""
            return calls.weather(city)

        @tool
        def get_time(city: str) -> str:
            """The time in a city."""
            return calls.time(city)

        model = BedrockModel(model_id=model, boto_session=self.session(access_key), endpoint_url=server.http, **config)
        return Agent(model=model, tools=[get_weather, get_time], callback_handler=None)

    def session(self, access_key: str):
        import boto3

        own = session()._session
        return boto3.session.Session(
            aws_access_key_id=access_key, aws_secret_access_key="test", region_name=REGION, botocore_session=own
        )

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    @pytest.mark.parametrize("model", MODELS)
    def test_loop(self, server, calls, model, streaming):
        result = self.agent(server, model, calls, streaming=streaming)("Use get_weather for me")
        assert calls.made == [("get_weather", "value")]
        assert result.stop_reason == "end_turn"
        assert "It is 21 degrees in value." in str(result)

    @pytest.mark.parametrize("model", MODELS)
    def test_parallel_calls(self, server, calls, model):
        result = self.agent(server, model, calls)("Use get_weather and get_time")
        assert sorted(calls.made) == [("get_time", "value"), ("get_weather", "value")]
        assert result.stop_reason == "end_turn"

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    @pytest.mark.parametrize("model", MODELS)
    def test_script(self, server, account, calls, model, streaming):
        agent = self.agent(server, model, calls, account, streaming=streaming)
        result = agent("Where is it warm?")
        assert sorted(calls.made) == sorted(STORY)
        assert str(result).strip() == SCRIPT[-1]["text"]
        assert [m["role"] for m in agent.messages] == ["user", "assistant"] * 3
        assert result.metrics.accumulated_usage["outputTokens"] > 0

    @pytest.mark.parametrize("model", [CLAUDE, NOVA])
    def test_structured_output(self, server, calls, model):
        result = self.agent(server, model, calls)("Who is it?", structured_output_model=Person)
        assert isinstance(result.structured_output, Person)

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    def test_reasoning_comes_and_goes_back(self, server, calls, streaming):
        agent = self.agent(server, CLAUDE, calls, streaming=streaming, max_tokens=4000, additional_request_fields=THINKING)
        agent("Use get_weather for me")
        thought = agent.messages[1]["content"][0]["reasoningContent"]["reasoningText"]
        assert thought["text"] and thought["signature"]
        assert calls.made and agent.messages[-1]["content"][-1]["text"]


class TestLangchain:
    TOOLS = [
        {"name": "get_weather", "description": "The weather in a city", "input_schema": SCHEMA},
        {"name": "get_time", "description": "The time in a city", "input_schema": SCHEMA},
    ]

    def chat(self, server: Server, model: str, access_key: str = "test", **config):
        client = signing_client(server, access_key=access_key)
        provider = model.removeprefix("us.").split(".")[0]
        return langchain_aws.ChatBedrockConverse(client=client, bedrock_client=client, model=model, provider=provider, **config)

    def loop(self, bound, calls: Calls, question: str, streaming: bool) -> list:
        """The loop as LangChain's documentation has it."""
        messages = [HumanMessage(question)]
        tools = {"get_weather": calls.weather, "get_time": calls.time}
        for _ in range(5):
            if streaming:
                answer = None
                for part in bound.stream(messages):
                    answer = part if answer is None else answer + part
            else:
                answer = bound.invoke(messages)
            messages.append(answer)
            if not answer.tool_calls:
                break
            for call in answer.tool_calls:
                messages.append(ToolMessage(tools[call["name"]](**call["args"]), tool_call_id=call["id"]))
        return messages

    @staticmethod
    def text(message) -> str:
        if isinstance(message.content, str):
            return message.content
        return "".join(block["text"] for block in message.content if block.get("type") == "text")

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    @pytest.mark.parametrize("model", MODELS)
    def test_loop(self, server, calls, model, streaming):
        messages = self.loop(self.chat(server, model).bind_tools(self.TOOLS), calls, "Use get_weather for me", streaming)
        assert calls.made == [("get_weather", "value")]
        assert "It is 21 degrees in value." in self.text(messages[-1])
        assert messages[-1].usage_metadata["output_tokens"] > 0

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    @pytest.mark.parametrize("model", MODELS)
    def test_parallel_calls(self, server, calls, model, streaming):
        self.loop(self.chat(server, model).bind_tools(self.TOOLS), calls, "Use get_weather and get_time", streaming)
        assert sorted(calls.made) == [("get_time", "value"), ("get_weather", "value")]

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    @pytest.mark.parametrize("model", MODELS)
    def test_script(self, server, account, calls, model, streaming):
        bound = self.chat(server, model, account).bind_tools(self.TOOLS)
        messages = self.loop(bound, calls, "Where is it warm?", streaming)
        assert calls.made == STORY
        assert self.text(messages[-1]) == SCRIPT[-1]["text"]

    @pytest.mark.parametrize("method", ["function_calling", "json_schema"])
    @pytest.mark.parametrize("model", [CLAUDE, NOVA])
    def test_structured_output(self, server, model, method):
        if method == "json_schema" and model == NOVA:
            model = "mistral.mistral-large-3-675b-instruct"
        answer = self.chat(server, model).with_structured_output(Person, method=method).invoke("Who is it?")
        assert isinstance(answer, Person)

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    def test_reasoning_comes_and_goes_back(self, server, calls, streaming):
        chat = self.chat(server, CLAUDE, max_tokens=4000, additional_model_request_fields=THINKING)
        messages = self.loop(chat.bind_tools(self.TOOLS), calls, "Use get_weather for me", streaming)
        thoughts = [b for b in messages[1].content if b["type"] == "reasoning_content"]
        assert thoughts and thoughts[0]["reasoning_content"]["text"] and thoughts[0]["reasoning_content"]["signature"]
        assert calls.made and self.text(messages[-1])


class TestPydanticAI:
    def agent(self, server: Server, model: str, calls: Calls, access_key: str = "test", **config):
        from pydantic_ai import Agent
        from pydantic_ai.models.bedrock import BedrockConverseModel
        from pydantic_ai.providers.bedrock import BedrockProvider

        provider = BedrockProvider(bedrock_client=signing_client(server, access_key=access_key))
        agent = Agent(BedrockConverseModel(model, provider=provider), **config)

        @agent.tool_plain
        def get_weather(city: str) -> str:
            """The weather in a city."""
            return calls.weather(city)

        @agent.tool_plain
        def get_time(city: str) -> str:
            """The time in a city."""
            return calls.time(city)

        return agent

    def run(self, agent, question: str, streaming: bool):
        """The answer's text and all messages."""
        if not streaming:
            result = agent.run_sync(question)
            return result.output, result.all_messages()

        async def streamed():
            async with agent.run_stream(question) as result:
                return await result.get_output(), result.all_messages()

        return asyncio.run(streamed())

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    @pytest.mark.parametrize("model", MODELS)
    def test_loop(self, server, calls, model, streaming):
        output, messages = self.run(self.agent(server, model, calls), "Use get_weather for me", streaming)
        assert calls.made == [("get_weather", "value")]
        assert "It is 21 degrees in value." in output
        assert len(messages) == 4

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    @pytest.mark.parametrize("model", MODELS)
    def test_parallel_calls(self, server, calls, model, streaming):
        self.run(self.agent(server, model, calls), "Use get_weather and get_time", streaming)
        assert sorted(calls.made) == [("get_time", "value"), ("get_weather", "value")]

    @pytest.mark.parametrize("model", MODELS)
    def test_script(self, server, account, calls, model):
        # Streamed runs of pydantic-ai take the first text for the last word, so this one is whole.
        output, messages = self.run(self.agent(server, model, calls, account), "Where is it warm?", streaming=False)
        assert sorted(calls.made) == sorted(STORY)
        assert output == SCRIPT[-1]["text"]
        assert len(messages) == 6

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    @pytest.mark.parametrize("model", [CLAUDE, NOVA])
    def test_structured_output(self, server, calls, model, streaming):
        output, _ = self.run(self.agent(server, model, calls, output_type=Person), "Who is it?", streaming)
        assert isinstance(output, Person)

    @pytest.mark.parametrize("streaming", [True, False], ids=["streamed", "whole"])
    def test_reasoning_comes_and_goes_back(self, server, calls, streaming):
        settings = {"max_tokens": 4000, "bedrock_additional_model_requests_fields": THINKING}
        agent = self.agent(server, CLAUDE, calls, model_settings=settings)
        output, messages = self.run(agent, "Use get_weather for me", streaming)
        thought = messages[1].parts[0]
        assert (thought.part_kind, bool(thought.content), bool(thought.signature)) == ("thinking", True, True)
        assert calls.made and output
