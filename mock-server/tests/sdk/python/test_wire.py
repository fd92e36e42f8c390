"""What is on the wire, against the recorded form of the service's answers (HTTP/1.1)."""

import http.client
import json
import re
import socket
from email.utils import parsedate_to_datetime

import pytest
from botocore.eventstream import EventStreamBuffer
from wire import (
    BEDROCK_ERROR,
    CLAUDE,
    CLAUDE_GLOBAL,
    CORAL_ERROR,
    HELLO,
    PADDING_ALPHABET,
    PROFILE_ARN,
    STORY,
    TEXT_GRAMMAR,
    UNKNOWN_OPERATION,
    UUID4,
    assert_service_json,
    frames,
)

BASIC = ["Date", "Content-Type", "Content-Length", "Connection", "x-amzn-RequestId"]
STREAM = ["Date", "Content-Type", "Transfer-Encoding", "Connection", "x-amzn-RequestId"]
ERROR = [*BASIC, "x-amzn-ErrorType"]


class Answer:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.names = [name for name, _ in response.getheaders()]
        self.headers = dict(response.getheaders())
        self.body = response.read()


def call(server, method: str, target: str, body: object = None, authorization: str | None = "valid", **headers) -> Answer:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    try:
        sent = dict(headers)
        if authorization is not None:
            sent["Authorization"] = f"Bearer {server.api_key}" if authorization == "valid" else authorization
        data = None
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, target, body=data, headers=sent)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def converse(server, messages=HELLO, model=CLAUDE, operation="converse", **more) -> Answer:
    return call(server, "POST", f"/model/{model}/{operation}", {"messages": messages, **more})


def converse_frames(server, model=CLAUDE, **more):
    return frames(converse(server, STORY, model, "converse-stream", **more).body)


class TestHeads:
    """Names in their recorded order and case."""

    def test_converse(self, server):
        answer = converse(server)
        assert answer.status == 200
        assert answer.names == BASIC
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Connection"] == "keep-alive"
        assert int(answer.headers["Content-Length"]) == len(answer.body)
        assert UUID4.fullmatch(answer.headers["x-amzn-RequestId"])
        assert re.fullmatch(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT", answer.headers["Date"])
        assert parsedate_to_datetime(answer.headers["Date"]).utcoffset().total_seconds() == 0

    def test_converse_stream(self, server):
        answer = converse(server, operation="converse-stream")
        assert answer.status == 200
        assert answer.names == STREAM
        assert answer.headers["Content-Type"] == "application/vnd.amazon.eventstream"
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert answer.headers["Connection"] == "keep-alive"

    @pytest.mark.parametrize("operation", ["converse", "converse-stream"])
    def test_service_error(self, server, operation):
        answer = converse(server, model="anthropic.no-such-model-v1:0", operation=operation)
        assert answer.status == 400
        assert answer.names == ERROR
        assert answer.headers["x-amzn-ErrorType"] == f"ValidationException:{BEDROCK_ERROR}"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.body == b'{"message":"The provided model identifier is invalid."}'

    def test_a_connection_is_kept_and_used_again(self, server):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
        headers = {"Authorization": f"Bearer {server.api_key}", "Content-Type": "application/json"}
        connection.connect()
        local = connection.sock.getsockname()
        # An error and a stream in between must not cost the connection.
        for target, status in [
            (f"/model/{CLAUDE}/converse", 200),
            ("/model/anthropic.no-such-model-v1:0/converse", 400),
            (f"/model/{CLAUDE}/converse-stream", 200),
            (f"/model/{CLAUDE}/converse", 200),
        ]:
            connection.request("POST", target, json.dumps({"messages": HELLO}), headers)
            response = connection.getresponse()
            response.read()
            assert response.status == status
            assert connection.sock is not None and connection.sock.getsockname() == local
        connection.close()

    def test_no_header_bytes_other_than_recorded(self, server):
        body = json.dumps({"messages": HELLO}).encode()
        head = (
            f"POST /model/{CLAUDE}/converse HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n"
            f"Authorization: Bearer {server.api_key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        ).encode()
        with socket.create_connection((server.host, server.port), timeout=20) as raw:
            raw.sendall(head + body)
            received = b"".join(iter(lambda: raw.recv(65536), b""))
        answer_head, _, _ = received.partition(b"\r\n\r\n")
        lines = answer_head.decode("ascii").split("\r\n")
        assert lines[0] == "HTTP/1.1 200 OK"
        assert [line.split(": ", 1)[0] for line in lines[1:]] == BASIC
        assert "Connection: close" in lines


class TestBodies:
    def test_converse_members(self, server):
        body = assert_service_json(converse(server).body)
        assert list(body) == ["metrics", "output", "stopReason", "usage"]
        assert list(body["metrics"]) == ["latencyMs"]
        assert list(body["output"]) == ["message"]
        assert list(body["output"]["message"]) == ["content", "role"]

    def test_usage_of_a_model_without_prompt_cache(self, server):
        usage = assert_service_json(converse(server).body)["usage"]
        assert list(usage) in (
            ["inputTokens", "outputTokens", "totalTokens"],
            ["inputTokens", "outputTokens", "serverToolUsage", "totalTokens"],
        )

    def test_usage_of_a_model_with_prompt_cache(self, server):
        usage = assert_service_json(converse(server, model=CLAUDE_GLOBAL).body)["usage"]
        assert list(usage) == [
            "cacheReadInputTokenCount",
            "cacheReadInputTokens",
            "cacheWriteInputTokenCount",
            "cacheWriteInputTokens",
            "inputTokens",
            "outputTokens",
            "serverToolUsage",
            "totalTokens",
        ]
        assert usage["serverToolUsage"] == {}
        assert usage["cacheReadInputTokenCount"] == usage["cacheReadInputTokens"] == 0
        assert usage["cacheWriteInputTokenCount"] == usage["cacheWriteInputTokens"] == 0

    def test_usage_of_a_stream_without_cache_point(self, server):
        body = converse_frames(server, model=CLAUDE_GLOBAL)[-1].body
        assert list(body["usage"]) == ["inputTokens", "outputTokens", "serverToolUsage", "totalTokens"]


class TestFrames:
    def test_independent_decoder(self, server):
        found = converse_frames(server)
        assert TEXT_GRAMMAR.fullmatch(" ".join(frame.event for frame in found))
        for frame in found:
            assert frame.headers == [
                (":event-type", frame.event),
                (":content-type", "application/json"),
                (":message-type", "event"),
            ]
            body = assert_service_json(frame.payload)
            padding = body["p"]
            assert 2 <= len(padding) <= 61
            assert padding == PADDING_ALPHABET[: len(padding)]

    def test_members_of_each_event(self, server):
        expected = {
            "messageStart": ["p", "role"],
            "contentBlockDelta": ["contentBlockIndex", "delta", "p"],
            "contentBlockStop": ["contentBlockIndex", "p"],
            "messageStop": ["p", "stopReason"],
            "metadata": ["metrics", "p", "usage"],
        }
        found = converse_frames(server)
        assert {frame.event: list(frame.body) for frame in found} == expected
        assert all(list(frame.body["delta"]) == ["text"] for frame in found if frame.event == "contentBlockDelta")

    def test_padding_length_does_not_follow_the_text(self, server):
        lengths = {len(frame.body["p"]) for _ in range(4) for frame in converse_frames(server)}
        assert len(lengths) > 5, lengths

    def test_botocore_decodes_it_byte_by_byte(self, server):
        data = converse(server, STORY, operation="converse-stream").body
        buffer = EventStreamBuffer()
        decoded = []
        for byte in data:
            buffer.add_data(bytes([byte]))
            decoded.extend(buffer)
        assert [message.headers[":event-type"] for message in decoded] == [frame.event for frame in frames(data)]
        assert [message.payload for message in decoded] == [frame.payload for frame in frames(data)]

    def test_http_chunks_end_where_frames_end(self, server):
        body = json.dumps({"messages": STORY}).encode()
        head = (
            f"POST /model/{CLAUDE}/converse-stream HTTP/1.1\r\nHost: {server.host}\r\n"
            f"Authorization: Bearer {server.api_key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        ).encode()
        with socket.create_connection((server.host, server.port), timeout=20) as raw:
            raw.sendall(head + body)
            received = b"".join(iter(lambda: raw.recv(65536), b""))
        rest = received.partition(b"\r\n\r\n")[2]
        events = []
        while True:
            size_text, _, rest = rest.partition(b"\r\n")
            size = int(size_text, 16)
            if size == 0:
                break
            events += [frame.event for frame in frames(rest[:size])]
            assert rest[size : size + 2] == b"\r\n"
            rest = rest[size + 2 :]
        assert TEXT_GRAMMAR.fullmatch(" ".join(events))


class TestBearer:
    """Refusals of the front door: upper-case Message, the coral type."""

    @pytest.mark.parametrize(
        ("authorization", "message"),
        [
            (None, "Authorization header is missing"),
            ("Bearer sk-not-one-of-these", "Invalid API Key format: Must start with pre-defined prefix"),
            ("Bearer ABSK", "Authentication failed: Please make sure your API Key is valid."),
            ("Bearer ABSKbm90LWEta2V5", "Authentication failed: Please make sure your API Key is valid."),
            ("Bearer ABSK%%%", "Authentication failed: Please make sure your API Key is valid."),
        ],
        ids=["none", "foreign prefix", "prefix alone", "unknown", "not base64"],
    )
    @pytest.mark.parametrize("operation", ["converse", "converse-stream"])
    def test_refusal(self, server, operation, authorization, message):
        answer = call(server, "POST", f"/model/{CLAUDE}/{operation}", {"messages": HELLO}, authorization)
        assert answer.status == 403
        assert answer.names == ERROR
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["x-amzn-ErrorType"] == f"AccessDeniedException:{CORAL_ERROR}"
        assert answer.body == json.dumps({"Message": message}, separators=(",", ":")).encode()

    def test_a_changed_key_is_unknown(self, server):
        key = server.api_key
        middle = len(key) // 2
        for changed in (key[:middle] + ("A" if key[middle] != "A" else "B") + key[middle + 1 :], key[:-8]):
            answer = call(server, "POST", f"/model/{CLAUDE}/converse", {"messages": HELLO}, f"Bearer {changed}")
            assert answer.status == 403
            assert json.loads(answer.body) == {
                "Message": "Authentication failed: Please make sure your API Key is valid."
            }


class TestRouting:
    @pytest.mark.parametrize(
        "label",
        [
            PROFILE_ARN.replace("/", "%2F"),
            PROFILE_ARN.replace("/", "%2f"),
            PROFILE_ARN.replace("/", "%2F").replace(":", "%3A"),
        ],
        ids=["slash", "lower-case hex", "slash and colons"],
    )
    def test_encoded_arn(self, server, label):
        assert converse(server, model=label).status == 200

    @pytest.mark.parametrize("authorization", ["valid", None], ids=["key", "no key"])
    @pytest.mark.parametrize(
        "target", [f"/model/{PROFILE_ARN}/converse", "/v1/chat/completions", "/v1/messages"], ids=["arn", "chat", "messages"]
    )
    def test_unknown_operation(self, server, target, authorization):
        answer = call(server, "POST", target, {"messages": HELLO}, authorization)
        assert (answer.status, answer.body) == (200, UNKNOWN_OPERATION)
        assert UUID4.fullmatch(answer.headers["x-amzn-RequestId"])

    def test_get_of_an_unserved_path(self, server):
        answer = call(server, "GET", "/v1/models")
        assert (answer.status, answer.body) == (404, b"<UnknownOperationException/>\n")
        assert answer.headers["Content-Length"] == "29"
        assert "Content-Type" not in answer.headers


class TestControl:
    @pytest.mark.parametrize("path", ["/_mock/health", "/_mock/coverage"])
    def test_needs_no_key(self, server, path):
        answer = call(server, "GET", path, authorization=None)
        assert answer.status == 200
        assert next(v for k, v in answer.headers.items() if k.lower() == "content-type").startswith("application/json")
        assert isinstance(json.loads(answer.body), dict)
