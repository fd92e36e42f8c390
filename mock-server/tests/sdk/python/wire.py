"""Facts about the wire, and a frame decoder that shares no code with the server or botocore."""

import json
import re
import struct
import zlib
from dataclasses import dataclass

CLAUDE = "anthropic.claude-3-5-sonnet-20241022-v2:0"
CLAUDE_GLOBAL = "global.anthropic.claude-sonnet-4-20250514-v1:0"
PROFILE_ARN = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123"

HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]
STORY = [{"role": "user", "content": [{"text": "Tell me a story"}]}]

BEDROCK_ERROR = "http://internal.amazon.com/coral/com.amazon.bedrock/"
CORAL_ERROR = "http://internal.amazon.com/coral/com.amazon.coral.service/"
UNKNOWN_OPERATION = (
    b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}'
)

PADDING_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

# A text answer: no contentBlockStart, which the service sends for tool blocks alone.
TEXT_GRAMMAR = re.compile(r"messageStart (contentBlockDelta )+contentBlockStop messageStop metadata")


@dataclass(frozen=True)
class Frame:
    headers: list[tuple[str, str]]
    payload: bytes

    @property
    def event(self) -> str:
        return dict(self.headers)[":event-type"]

    @property
    def body(self) -> dict:
        return json.loads(self.payload)


def frames(data: bytes) -> list[Frame]:
    """Every frame of a complete event stream; both checksums of each are verified."""
    found = []
    at = 0
    while at < len(data):
        total, headers_length, prelude_crc = struct.unpack_from(">III", data, at)
        assert zlib.crc32(data[at : at + 8]) == prelude_crc, f"prelude checksum at byte {at}"
        frame = data[at : at + total]
        assert len(frame) == total, f"the frame at byte {at} is cut: {len(frame)} of {total}"
        (message_crc,) = struct.unpack(">I", frame[-4:])
        assert zlib.crc32(frame[:-4]) == message_crc, f"message checksum at byte {at}"

        headers = []
        rest = frame[12 : 12 + headers_length]
        while rest:
            name_length = rest[0]
            name = rest[1 : 1 + name_length].decode("ascii")
            kind, value_length = struct.unpack_from(">BH", rest, 1 + name_length)
            assert kind == 7, f"header {name} has type {kind}, not 7 (string)"
            value_at = 1 + name_length + 3
            headers.append((name, rest[value_at : value_at + value_length].decode("utf-8")))
            rest = rest[value_at + value_length :]
        found.append(Frame(headers, frame[12 + headers_length : -4]))
        at += total
    return found


def assert_service_json(text: bytes) -> dict:
    """Compact JSON, keys in alphabetical order at every depth, raw UTF-8, no null: as recorded."""

    def sorted_object(pairs):
        names = [name for name, _ in pairs]
        assert names == sorted(names), f"keys out of order: {names}"
        for name, value in pairs:
            assert value is not None, f"{name} is null"
        return dict(pairs)

    value = json.loads(text, object_pairs_hook=sorted_object)
    again = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    assert text == again, "not written compactly"
    return value


def assert_total(usage: dict) -> None:
    cached = usage.get("cacheReadInputTokens", 0) + usage.get("cacheWriteInputTokens", 0)
    assert usage["inputTokens"] > 0
    assert usage["outputTokens"] > 0
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"] + cached
