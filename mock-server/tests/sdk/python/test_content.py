"""Everything that Converse can say, as boto3 decodes it: scripts of ../content.json, and what the mock says by itself."""

import base64
import json
import secrets
from pathlib import Path

import botocore.exceptions
import pytest
from clients import put_scenarios, signing_client

DATA = json.loads((Path(__file__).resolve().parent.parent / "content.json").read_text(encoding="utf-8"))
ROWS = {row["name"]: row for row in DATA["rows"]}
ACCOUNT = "900000000001"

HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
CLAUDE_5 = "us.anthropic.claude-sonnet-5"
NOVA = "amazon.nova-lite-v1:0"
NOVA_2 = "us.amazon.nova-2-lite-v1:0"
GPT_OSS = "openai.gpt-oss-120b-1:0"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def scripted(server):
    put_scenarios(
        server,
        ACCOUNT,
        [{"name": n, "match": {"lastUser": {"equals": n}}, "reply": row["reply"]} for n, row in ROWS.items()],
    )
    return signing_client(server, access_key=ACCOUNT)


def plain(value):
    """As the wire has it: bytes are base64 there."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def user(*content) -> dict:
    return {"role": "user", "content": [{"text": c} if isinstance(c, str) else c for c in content]}


class Streamed:
    """A stream put together again, by what the service documents of its events."""

    def __init__(self, answer: dict):
        self.blocks, self.pieces, self.beside, self.exception = [], [], {}, None
        self.names, self.open, self.start = [], None, {}
        try:
            for event in answer["stream"]:
                ((name, body),) = event.items()
                self.names.append(name)
                getattr(self, name)(plain(body))
        except botocore.exceptions.EventStreamError as error:
            self.exception = error
        if self.open is not None:
            self.close()

    def messageStart(self, body):
        assert body == {"role": "assistant"}

    def contentBlockStart(self, body):
        assert body["contentBlockIndex"] == len(self.blocks) and self.open is None
        self.start, self.open, self.pieces = body["start"], [], []

    def contentBlockDelta(self, body):
        assert body["contentBlockIndex"] == len(self.blocks)
        if self.open is None:
            self.open, self.pieces = [], []
        self.open.append(body["delta"])

    def contentBlockStop(self, body):
        assert body["contentBlockIndex"] == len(self.blocks)
        self.close()

    def close(self):
        self.blocks.append(self.folded())
        self.open, self.start = None, {}

    def folded(self) -> dict:
        def each(kind):
            return [delta[kind] for delta in self.open if kind in delta]

        ((kind, start),) = self.start.items() if self.start else (("", {}),)
        if kind == "toolUse":
            self.pieces = [piece["input"] for piece in each("toolUse")]
            return {kind: start | {"input": json.loads("".join(self.pieces) or "{}")}}
        if kind == "toolResult":
            return {kind: start | {"content": [entry for piece in each(kind) for entry in piece]}}
        if kind == "image":
            (image,) = each("image")
            return {kind: start | image}
        self.pieces = each("text")
        if thoughts := each("reasoningContent"):
            if "redactedContent" in thoughts[0]:
                return {"reasoningContent": thoughts[0]}
            self.pieces = [thought["text"] for thought in thoughts if "text" in thought]
            told = {"text": "".join(self.pieces)}
            told |= {k: v for thought in thoughts for k, v in thought.items() if k == "signature"}
            return {"reasoningContent": {"reasoningText": told}}
        if citations := each("citation"):
            content = {"content": [{"text": "".join(self.pieces)}]} if self.pieces else {}
            return {"citationsContent": content | {"citations": citations}}
        return {"text": "".join(self.pieces)}

    def messageStop(self, body):
        self.stop = body.pop("stopReason")
        self.beside |= body

    def metadata(self, body):
        self.beside |= body


def both(client, **ask) -> tuple[dict, Streamed]:
    """The same request whole and streamed; content, stop reason and counts must be the same."""
    whole = client.converse(**ask)
    streamed = Streamed(client.converse_stream(**ask))
    assert streamed.exception is None
    whole["content"] = plain(whole["output"]["message"]["content"])
    blocks = streamed.blocks
    if blocks and blocks[0] == {"text": ""} and "gpt-oss" in ask["modelId"]:
        # gpt-oss opens its streams, and only those, with an empty text (recorded).
        blocks = blocks[1:]
    assert blocks == whole["content"]
    assert streamed.stop == whole["stopReason"]
    for count in ("inputTokens", "outputTokens", "totalTokens"):
        assert streamed.beside["usage"][count] == whole["usage"][count]
    return whole, streamed


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if "content" in row])
def test_scripted_whole(scripted, name):
    row = ROWS[name]
    answer = scripted.converse(modelId=row["model"], messages=[user(name)])

    assert plain(answer["output"]["message"]["content"]) == row["content"]
    assert answer["stopReason"] == row.get("stopReason", "end_turn")
    for member, value in row.get("beside", {}).items():
        assert answer[member] == value, member


@pytest.mark.parametrize("name", ROWS)
def test_scripted_stream(scripted, name):
    row = ROWS[name]
    streamed = Streamed(scripted.converse_stream(modelId=row["model"], messages=[user(name)]))

    assert streamed.blocks == row.get("streamed", row.get("content"))
    if "pieces" in row:
        assert streamed.pieces == row["pieces"]
    for member, value in row.get("beside", {}).items():
        assert streamed.beside[member] == value, member
    if expected := row.get("exception"):
        error = streamed.exception.response["Error"]
        assert error == {"Code": expected["name"], "Message": expected["message"]}
        return
    assert streamed.exception is None
    assert streamed.stop == row.get("stopReason", "end_turn")
    assert streamed.names[0] == "messageStart" and streamed.names[-2:] == ["messageStop", "metadata"]


WEATHER = {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}
NOTHING = {"type": "object", "properties": {}}


def offer(*schemas, choice=None, **named) -> dict:
    tools = [{"toolSpec": {"name": name, "inputSchema": {"json": schema}}} for name, schema in named.items()]
    return {"tools": [*schemas, *tools]} | ({"toolChoice": choice} if choice else {})


def calls(whole: dict) -> list[str]:
    return [block["toolUse"]["name"] for block in whole["content"] if "toolUse" in block]


MODELS = [HAIKU, CLAUDE, CLAUDE_5, NOVA, NOVA_2, GPT_OSS, "cohere.command-r-v1:0", "mistral.mistral-large-3-675b-instruct"]


@pytest.mark.parametrize("model", MODELS)
class TestTools:
    def test_auto(self, signed, model):
        tools = offer(get_weather=WEATHER, now=NOTHING)
        ask = {"modelId": model, "toolConfig": tools}
        silent, _ = both(signed, messages=[user("Hello")], **ask)
        assert (calls(silent), silent["stopReason"]) == ([], "end_turn")
        one, _ = both(signed, messages=[user("Use get_weather please")], **ask)
        assert (calls(one), one["stopReason"]) == (["get_weather"], "tool_use")
        two, _ = both(signed, messages=[user("Use now and get_weather")], **ask)
        assert sorted(calls(two)) == ["get_weather", "now"]
        ids = [block["toolUse"]["toolUseId"] for block in two["content"] if "toolUse" in block]
        assert len(set(ids)) == 2

    def test_any_and_named(self, signed, model):
        ask = {"modelId": model, "messages": [user("Hello")]}
        forced, _ = both(signed, toolConfig=offer(choice={"any": {}}, get_weather=WEATHER, now=NOTHING), **ask)
        assert calls(forced) == ["get_weather"]
        named, streamed = both(signed, toolConfig=offer(choice={"tool": {"name": "now"}}, get_weather=WEATHER, now=NOTHING), **ask)
        assert calls(named) == ["now"] and named["content"][-1]["toolUse"]["input"] == {}
        assert streamed.pieces == ([""] if "claude" in model else ["{}"])

    def test_the_loop_ends(self, signed, model):
        ask = {"modelId": model, "toolConfig": offer(get_weather=WEATHER)}
        messages = [user("Use get_weather please")]
        first = signed.converse(messages=messages, **ask)
        message = first["output"]["message"]
        result = {"toolUseId": message["content"][-1]["toolUse"]["toolUseId"], "content": [{"text": "It is 21 degrees."}]}
        last, _ = both(signed, messages=[*messages, message, user({"toolResult": result})], **ask)
        assert last["stopReason"] == "end_turn"
        assert "It is 21 degrees." in last["content"][-1]["text"]


def test_tools_that_leave_and_return(signed):
    def change(kind):
        return {"role": "system", "content": [{kind: {"tool": {"type": "tool_reference", "name": "get_weather"}}}]}

    ask = {"modelId": CLAUDE_5, "toolConfig": offer(get_weather=WEATHER)}
    removed, _ = both(signed, messages=[user("Use get_weather"), change("toolRemoval")], **ask)
    assert calls(removed) == []
    back, _ = both(signed, messages=[user("Use get_weather"), change("toolRemoval"), change("toolAddition")], **ask)
    assert calls(back) == ["get_weather"]


def test_structured_output(signed):
    schema = {"type": "object", "required": ["city", "n"], "properties": {"city": {"type": "string"}, "n": {"type": "integer"}}, "additionalProperties": False}
    structure = {"jsonSchema": {"schema": json.dumps(schema), "name": "answer"}}
    for model in (CLAUDE, "mistral.mistral-large-3-675b-instruct"):
        whole, _ = both(signed, modelId=model, messages=[user("Where?")], outputConfig={"textFormat": {"type": "json_schema", "structure": structure}})
        answer = json.loads(whole["content"][0]["text"])
        assert isinstance(answer["city"], str) and isinstance(answer["n"], int)


class TestReasoning:
    THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}}

    def test_claude_signs_and_takes_it_back(self, signed):
        ask = {"modelId": CLAUDE, "additionalModelRequestFields": self.THINKING, "inferenceConfig": {"maxTokens": 4000}}
        messages = [user("Think first")]
        whole, _ = both(signed, messages=messages, **ask)
        thought = whole["content"][0]["reasoningContent"]["reasoningText"]
        assert thought["text"] and base64.b64decode(thought["signature"], validate=True)
        assert "text" in whole["content"][1]
        again, _ = both(signed, messages=[*messages, whole["output"]["message"], user("Go on")], **ask)
        assert "reasoningContent" in again["content"][0]

    def test_claude_redacts(self, signed):
        magic = "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"
        ask = {"modelId": CLAUDE, "additionalModelRequestFields": self.THINKING, "inferenceConfig": {"maxTokens": 4000}}
        whole, _ = both(signed, messages=[user(magic)], **ask)
        block = whole["output"]["message"]["content"][0]["reasoningContent"]
        assert isinstance(block["redactedContent"], bytes) and len(block["redactedContent"]) > 10
        again, _ = both(signed, messages=[user(magic), whole["output"]["message"], user("Go on")], **ask)
        assert "reasoningText" in again["content"][0]["reasoningContent"]

    def test_claude_does_not_think_unasked(self, signed):
        whole, _ = both(signed, modelId=CLAUDE, messages=[user("Hello")])
        assert [list(block) for block in whole["content"]] == [["text"]]

    def test_gpt_oss_thinks_in_words(self, signed):
        whole, streamed = both(signed, modelId=GPT_OSS, messages=[user("Hello")])
        assert list(whole["content"][0]["reasoningContent"]["reasoningText"]) == ["text"]
        assert streamed.blocks[0] == {"text": ""}

    def test_nova_2_hides(self, signed):
        fields = {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}
        whole, _ = both(signed, modelId=NOVA_2, messages=[user("Hello")], additionalModelRequestFields=fields)
        assert whole["content"][0] == {"reasoningContent": {"reasoningText": {"text": "[REDACTED]"}}}


class TestCitations:
    def cited(self, signed, *content) -> list[dict]:
        whole, _ = both(signed, modelId=CLAUDE, messages=[user("What does it say?", *content)])
        assert any("text" in block for block in whole["content"])
        return [c for block in whole["content"] for c in block.get("citationsContent", {}).get("citations", [])]

    @pytest.mark.parametrize(
        ("source", "format", "location"),
        [
            ({"text": "Cats sleep. Dogs bark."}, "txt", "documentChar"),
            ({"bytes": b"Cats sleep. Dogs bark."}, "txt", "documentChar"),
            ({"bytes": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"}, "pdf", "documentPage"),
            ({"content": [{"text": "Cats sleep."}, {"text": "Dogs bark."}]}, None, "documentChunk"),
        ],
        ids=["text", "bytes", "pdf", "content"],
    )
    def test_documents(self, signed, source, format, location):
        document = {"name": "animals", "source": source, "citations": {"enabled": True}} | ({"format": format} if format else {})
        (citation,) = self.cited(signed, {"document": document})
        assert list(citation["location"]) == [location]
        assert citation["location"][location]["documentIndex"] == 0
        assert citation["title"] == "animals" and citation["sourceContent"][0]["text"]

    def test_search_results(self, signed):
        result = {"source": "https://example.com/", "title": "Animals", "content": [{"text": "Cats sleep."}], "citations": {"enabled": True}}
        (citation,) = self.cited(signed, {"searchResult": result})
        assert citation["location"] == {"searchResultLocation": {"searchResultIndex": 0, "start": 0, "end": 1}}
        assert citation["source"] == "https://example.com/"

    def test_only_where_asked(self, signed):
        assert self.cited(signed, {"document": {"name": "animals", "format": "txt", "source": {"text": "Cats sleep."}}}) == []


class TestServerTools:
    def test_grounding(self, signed):
        whole, _ = both(signed, modelId=NOVA_2, messages=[user("Who won?")], toolConfig={"tools": [{"systemTool": {"name": "nova_grounding"}}]})
        use, result, citation, text = whole["content"]
        assert use["toolUse"]["type"] == "server_tool_use" and use["toolUse"]["name"] == "nova_grounding"
        assert result["toolResult"]["type"] == "nova_grounding_result" and result["toolResult"]["status"] == "success"
        assert result["toolResult"]["toolUseId"] == use["toolUse"]["toolUseId"]
        assert list(citation["citationsContent"]["citations"][0]["location"]) == ["web"]
        assert text["text"] and whole["stopReason"] == "end_turn"

    def test_code_interpreter(self, signed):
        whole, _ = both(signed, modelId=NOVA_2, messages=[user("Six by seven?")], toolConfig={"tools": [{"systemTool": {"name": "nova_code_interpreter"}}]})
        use, result, text = whole["content"]
        assert use["toolUse"]["input"]["snippet"]
        assert result["toolResult"]["content"][0]["json"]["stdOut"] == "42\n"
        again, _ = both(
            signed,
            modelId=NOVA_2,
            messages=[user("Six by seven?"), whole["output"]["message"], user("And eight?")],
            toolConfig={"tools": [{"systemTool": {"name": "nova_code_interpreter"}}]},
        )
        assert again["stopReason"] == "end_turn"


class TestBesideTheContent:
    def test_fields_of_the_providers_answer(self, signed):
        whole, streamed = both(
            signed,
            modelId=CLAUDE,
            messages=[user("Hello")],
            inferenceConfig={"stopSequences": ["mock"]},
            additionalModelResponseFieldPaths=["/stop_sequence", "/usage/output_tokens", "/not/there"],
        )
        expected = {"stop_sequence": "mock", "usage": {"output_tokens": whole["usage"]["outputTokens"]}}
        assert whole["stopReason"] == "stop_sequence"
        assert whole["additionalModelResponseFields"] == streamed.beside["additionalModelResponseFields"] == expected

    def test_what_is_repeated(self, signed):
        said = {"performanceConfig": {"latency": "optimized"}, "serviceTier": {"type": "flex"}}
        whole, streamed = both(signed, modelId="us.amazon.nova-pro-v1:0", messages=[user("Hello")], requestMetadata={"team": "search"}, **said)
        for member, value in said.items():
            assert whole[member] == streamed.beside[member] == value
        plain_answer, plain_stream = both(signed, modelId="us.amazon.nova-pro-v1:0", messages=[user("Hello")])
        for member in (*said, "trace", "additionalModelResponseFields"):
            assert member not in plain_answer and member not in plain_stream.beside


def test_system_role_messages(signed):
    whole, _ = both(signed, modelId=CLAUDE_5, messages=[user("Hello"), {"role": "system", "content": [{"text": "Be brief."}]}])
    assert "Hello" in whole["content"][0]["text"]


def test_twenty_images(signed):
    image = {"image": {"format": "png", "source": {"bytes": PNG}}}
    for model in (CLAUDE, NOVA):
        whole, _ = both(signed, modelId=model, messages=[user("What is this?", *[image] * 20)])
        assert whole["stopReason"] == "end_turn"


@pytest.mark.parametrize("model", [CLAUDE, NOVA, "cohere.command-r-v1:0"])
def test_ten_thousand_tokens_of_arguments(server, signed, model):
    account = f"9{secrets.randbelow(10**11):011}"
    pieces = {f"k{n}": ["ünïcode 🎉", {"n": n, "deep": [None, True, 1.5]}] for n in range(450)}
    put_scenarios(server, account, [{"name": "long", "reply": {"content": [{"toolUse": {"name": "save", "input": pieces}}]}}])
    whole, streamed = both(signing_client(server, access_key=account), modelId=model, messages=[user("Save it")])
    assert whole["usage"]["outputTokens"] > 10_000
    assert whole["content"][0]["toolUse"]["input"] == pieces
    assert (len(streamed.pieces) == 1) == (model == NOVA)

    # By the schema alone: thousands of numbers are demanded, and come.
    entry = {"type": "object", "required": ["name", "n"], "properties": {"name": {"type": "string"}, "n": {"type": "integer"}}}
    rows = {"type": "array", "minItems": 100, "items": {"type": "array", "minItems": 12, "items": entry}}
    schema = {"type": "object", "required": ["rows"], "properties": {"rows": rows}}
    forced, _ = both(signed, modelId=model, messages=[user("Save it")], toolConfig=offer(choice={"tool": {"name": "save"}}, save=schema))
    assert forced["usage"]["outputTokens"] > 10_000
    assert sum(len(row) for row in forced["content"][0]["toolUse"]["input"]["rows"]) == 1200


RESULTS = {
    "text": {"text": "Twenty-one."},
    "json": {"json": {"degrees": 21}},
    "image": {"image": {"format": "png", "source": {"bytes": PNG}}},
    "document": {"document": {"format": "txt", "name": "report", "source": {"bytes": b"Twenty-one."}}},
    "video": {"video": {"format": "mp4", "source": {"bytes": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"}}},
    "searchResult": {"searchResult": {"source": "https://example.com/", "title": "Weather", "content": [{"text": "Twenty-one."}]}},
}


@pytest.mark.parametrize("status", ["success", "error"])
@pytest.mark.parametrize("form", RESULTS)
def test_tool_results(signed, form, status):
    model = NOVA if form == "video" else CLAUDE
    tool = {"toolUse": {"toolUseId": "tooluse_1", "name": "get_weather", "input": {"city": "Rome"}}}
    result = {"toolResult": {"toolUseId": "tooluse_1", "content": [RESULTS[form]], "status": status}}
    messages = [user("How warm?"), {"role": "assistant", "content": [tool]}, user(result)]
    whole, _ = both(signed, modelId=model, messages=messages, toolConfig=offer(get_weather=WEATHER))
    assert whole["stopReason"] == "end_turn"
    if form in ("text", "json"):
        assert "21" in whole["content"][0]["text"] or "Twenty-one." in whole["content"][0]["text"]
