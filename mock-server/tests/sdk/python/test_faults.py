"""Each kind of fault as a user of boto3 sees it, over HTTP/1.1. Each case is an account of its own, so
that cases never meet each other's faults."""

import itertools
import json
import time
import urllib.error
import urllib.request

import botocore.eventstream
import botocore.exceptions as exceptions
import pytest
import urllib3.exceptions
from botocore.parsers import ResponseParserError
from clients import REGION, session, signing_client
from wire import CLAUDE, HELLO

ACCOUNTS = itertools.count(700_000_000_000)
MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
INVOKE = json.dumps(
    {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}
)


def control(server, method: str, path: str = "", body=None):
    request = urllib.request.Request(
        f"{server.http}/_mock/faults{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class World:
    """An account, its faults and a client of it."""

    def __init__(self, server, *faults: dict, patience: float = 1):
        self.server = server
        self.account = str(next(ACCOUNTS))
        if faults:
            control(server, "POST", f"?account={self.account}", list(faults))
        self.client = signing_client(server, access_key=self.account, read_timeout=patience)

    def converse(self):
        return self.client.converse(modelId=CLAUDE, messages=HELLO)

    def events(self) -> list:
        """Names of the events until the stream ends; an exception goes to the caller."""
        return list(self.raw_events())

    def raw_events(self):
        yield from self.client.converse_stream(modelId=CLAUDE, messages=HELLO)["stream"]

    def until_broken(self) -> tuple[list, Exception]:
        """The events that come, and why no more do."""
        seen = []
        with pytest.raises(Exception) as caught:
            for event in self.raw_events():
                seen.append(event)
        return seen, caught.value


def names(events: list) -> list[str]:
    return [name for event in events for name in event]


def text(events: list) -> str:
    return "".join(event.get("contentBlockDelta", {}).get("delta", {}).get("text", "") for event in events)


def code(world: World) -> tuple[str, int, str]:
    with pytest.raises(exceptions.ClientError) as caught:
        world.converse()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"].get("Message", "")


# --- a case for each kind: takes a function that makes a world, and the events of an unharmed stream ---


def exception(world, plain):
    fault = {"kind": "exception", "error": "ModelErrorException", "message": "Sorry", "originalStatusCode": 503}
    with pytest.raises(exceptions.ClientError) as caught:
        world(fault).converse()
    answer = caught.value.response
    assert type(caught.value).__name__ == "ModelErrorException"
    assert answer["Error"] == {"Code": "ModelErrorException", "Message": "Sorry"}
    assert answer["originalStatusCode"] == 503
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert answer["ResponseMetadata"]["RequestId"]


def delay(world, plain):
    since = time.monotonic()
    assert world({"kind": "delay", "ms": 200}).converse()["stopReason"] == "end_turn"
    assert time.monotonic() - since >= 0.2


def hang(world, plain):
    with pytest.raises(exceptions.ReadTimeoutError):
        world({"kind": "hang"}).converse()


def reset_before_head(world, plain):
    with pytest.raises(exceptions.ConnectionClosedError) as caught:
        world({"kind": "reset-before-head"}).converse()
    assert "closed before we received" in str(caught.value)


def stream_exception(world, plain):
    fault = {"kind": "stream-exception", "error": "ThrottlingException", "events": 2, "message": "Slow down"}
    seen, why = world(fault).until_broken()
    assert names(seen) == names(plain)[:2]
    assert isinstance(why, exceptions.EventStreamError)
    assert why.response["Error"] == {"Code": "throttlingException", "Message": "Slow down"}


def end_after_events(world, plain):
    seen = world({"kind": "end-after-events", "events": 3}).events()
    assert seen == plain[:3]


def end_after_bytes(world, plain):
    # botocore drops what is left of a frame, and says nothing.
    assert len(world({"kind": "end-after-bytes", "bytes": 300}).events()) < len(plain)


def reset_after_events(world, plain):
    seen, why = world({"kind": "reset-after-events", "events": 2}).until_broken()
    assert names(seen) == names(plain)[:2]
    assert_broken(why)


def reset_after_bytes(world, plain):
    seen, why = world({"kind": "reset-after-bytes", "bytes": 200}).until_broken()
    assert len(seen) == 1
    assert_broken(why)


def no_terminator(world, plain):
    seen, why = world({"kind": "no-terminator"}).until_broken()
    assert names(seen) == names(plain)
    assert_broken(why)


def assert_broken(why: Exception):
    assert isinstance(why, (urllib3.exceptions.ProtocolError, exceptions.ResponseStreamingError)), repr(why)


def stall(world, plain):
    assert len(world({"kind": "stall", "events": 2, "ms": 100}).events()) == len(plain)
    seen, why = world({"kind": "stall", "events": 2}).until_broken()
    assert names(seen) == names(plain)[:2]
    assert "timed out" in str(why)


def pacing(world, plain):
    since = time.monotonic()
    seen = world({"kind": "pacing", "firstEventMs": 100, "eventsPerSecond": 100}).events()
    assert seen == plain
    assert time.monotonic() - since >= 0.1 + 0.01 * (len(plain) - 1)


def corrupt_prelude_crc(world, plain):
    seen, why = world({"kind": "corrupt-prelude-crc", "frame": 1}).until_broken()
    assert len(seen) == 1
    assert isinstance(why, botocore.eventstream.ChecksumMismatch)


def corrupt_message_crc(world, plain):
    seen, why = world({"kind": "corrupt-message-crc", "frame": 2}).until_broken()
    assert len(seen) == 2
    assert isinstance(why, botocore.eventstream.ChecksumMismatch)


def wrong_length(world, plain):
    seen, why = world({"kind": "wrong-length", "frame": 1, "by": 8}).until_broken()
    assert len(seen) == 1
    assert isinstance(why, botocore.eventstream.ChecksumMismatch)


def oversized_frame(world, plain):
    seen, why = world({"kind": "oversized-frame", "frame": 1}, patience=30).until_broken()
    assert len(seen) == 1
    assert isinstance(why, botocore.eventstream.InvalidPayloadLength)


def rechunk(world, plain):
    for size in (1, 7):
        assert world({"kind": "rechunk", "bytes": size}).events() == plain


def coalesce(world, plain):
    assert world({"kind": "coalesce"}).events() == plain
    assert world({"kind": "coalesce", "frames": 3}).events() == plain


def duplicate_event(world, plain):
    seen = world({"kind": "duplicate-event", "index": 1}).events()
    assert seen[1] == seen[2] and len(seen) == len(plain) + 1


def reorder_events(world, plain):
    seen = world({"kind": "reorder-events", "index": 0}).events()
    assert names(seen)[:2] == ["contentBlockDelta", "messageStart"]


def drop_event(world, plain):
    seen = world({"kind": "drop-event", "name": "messageStop"}).events()
    assert names(seen) == [name for name in names(plain) if name != "messageStop"]


def unknown_event(world, plain):
    # botocore passes over what it does not know.
    assert world({"kind": "unknown-event", "events": 1}).events() == plain


def wrong_event_type(world, plain):
    assert world({"kind": "wrong-event-type"}).events() == []


def unknown_union_member(world, plain):
    seen = world({"kind": "unknown-union-member"}).events()
    assert seen[1]["contentBlockDelta"]["delta"] == {"SDK_UNKNOWN_MEMBER": {"name": "futureContent"}}
    assert text(seen) == text(plain)


def empty_text_start(world, plain):
    seen, why = world({"kind": "empty-text-start"}).until_broken()
    assert names(seen) == ["messageStart"]
    assert isinstance(why, ResponseParserError)
    assert "must have one and only one member set" in str(why)


def double_wrapped_payload(world, plain):
    seen = world({"kind": "double-wrapped-payload"}).events()
    assert names(seen) == names(plain)
    assert seen[0] == {"messageStart": {}} and text(seen) == ""


def unwrapped_chunk(world, plain):
    answer = world({"kind": "unwrapped-chunk"}).client.invoke_model_with_response_stream(modelId=MODEL, body=INVOKE)
    assert {"chunk": {}} == next(iter(answer["body"]))


def no_padding(world, plain):
    # The model has no padding, so nobody who reads the events sees a difference.
    assert world({"kind": "no-padding"}).events() == plain


def zero_usage(world, plain):
    faulty = world({"kind": "zero-usage"})
    assert faulty.converse()["usage"]["totalTokens"] == 0
    assert faulty.events()[-1]["metadata"]["usage"]["inputTokens"] == 0


def sse_inside(world, plain):
    seen, why = world({"kind": "sse-inside", "events": 2}).until_broken()
    assert len(seen) == 2
    assert isinstance(why, botocore.eventstream.ParserError)


def json_error_with_200(world, plain):
    answer = world({"kind": "json-error-with-200"}).converse()
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "output" not in answer
    seen, why = world({"kind": "json-error-with-200"}).until_broken()
    assert seen == [] and isinstance(why, botocore.eventstream.ParserError)


def truncate_body(world, plain):
    # botocore takes the length for granted and the half for an answer without members.
    assert "output" not in world({"kind": "truncate-body"}).converse()


def body_not_json(world, plain):
    assert "output" not in world({"kind": "body-not-json"}).converse()


def missing_request_id(world, plain):
    assert "RequestId" not in world({"kind": "missing-request-id"}).converse()["ResponseMetadata"]


def wrong_error_type(world, plain):
    throttled = {"kind": "exception", "error": "ThrottlingException"}
    assert code(world({"kind": "wrong-error-type"}, throttled))[:2] == ("429", 429)
    renamed = {"kind": "wrong-error-type", "value": "ns#ModelNotReadyException:http://x"}
    assert code(world(renamed, throttled))[0] == "ModelNotReadyException"


def wrong_status(world, plain):
    throttled = {"kind": "exception", "error": "ThrottlingException"}
    seen = code(world({"kind": "wrong-status", "status": 400}, throttled))
    assert seen == ("ThrottlingException", 400, "Too many requests, please wait before trying again.")


def foreign_error_body(world, plain):
    throttled = {"kind": "exception", "error": "ThrottlingException"}
    # What boto3 makes of another service's error: no name, no words.
    assert code(world({"kind": "foreign-error-body"}, throttled))[:2] == ("429", 429)


CASES = {
    case.__name__.replace("_", "-"): case
    for case in (
        exception,
        delay,
        hang,
        reset_before_head,
        stream_exception,
        end_after_events,
        end_after_bytes,
        reset_after_events,
        reset_after_bytes,
        no_terminator,
        stall,
        pacing,
        corrupt_prelude_crc,
        corrupt_message_crc,
        wrong_length,
        oversized_frame,
        rechunk,
        coalesce,
        duplicate_event,
        reorder_events,
        drop_event,
        unknown_event,
        wrong_event_type,
        unknown_union_member,
        empty_text_start,
        double_wrapped_payload,
        unwrapped_chunk,
        no_padding,
        zero_usage,
        sse_inside,
        json_error_with_200,
        truncate_body,
        body_not_json,
        missing_request_id,
        wrong_error_type,
        wrong_status,
        foreign_error_body,
    )
}


@pytest.fixture(scope="module")
def plain(server):
    return World(server).events()


@pytest.mark.parametrize("kind", CASES)
def test_kind(server, plain, kind):
    CASES[kind](lambda *faults, **more: World(server, *faults, **more), plain)


def test_every_kind_has_a_case(server):
    assert {about["name"] for about in control(server, "GET", "/kinds")["kinds"]} == set(CASES)


STREAM_ERRORS = [
    "InternalServerException",
    "ModelStreamErrorException",
    "ServiceUnavailableException",
    "ThrottlingException",
    "ValidationException",
]


@pytest.mark.parametrize("error", STREAM_ERRORS)
def test_each_exception_of_converse_stream(server, plain, error):
    seen, why = World(server, {"kind": "stream-exception", "error": error, "events": 3}).until_broken()
    assert seen == plain[:3]
    assert why.response["Error"]["Code"] == error[0].lower() + error[1:]
    assert why.response["Error"]["Message"]


def test_each_exception_of_converse(server):
    model = signing_client(server).meta.service_model
    errors = model.operation_model("Converse").error_shapes
    assert len(errors) >= 9
    for shape in errors:
        seen = code(World(server, {"kind": "exception", "error": shape.name}))
        assert seen[:2] == (shape.name, shape.metadata["error"]["httpStatusCode"])
        assert seen[2]


def test_boto3_retries_until_the_throttle_ends(server):
    world = World(server, {"kind": "exception", "error": "ThrottlingException", "first": 2})
    retrying = session().client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=server.http,
        aws_access_key_id=world.account,
        aws_secret_access_key="test",
    )
    answer = retrying.converse(modelId=CLAUDE, messages=HELLO)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    (rule,) = control(server, "GET", f"?account={world.account}")["faults"]
    assert (rule["fitted"], rule["hits"]) == (3, 2)


def test_a_reset_reaches_through_tls(server, plain, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", server.ca_bundle)
    world = World(server, {"kind": "reset-after-events", "events": 2})
    world.client = signing_client(server, access_key=world.account, endpoint=server.https)
    seen, why = world.until_broken()
    assert seen == plain[:2]
    assert_broken(why)


def test_a_wrong_rule_is_refused_with_words(server):
    with pytest.raises(urllib.error.HTTPError) as caught:
        control(server, "POST", "", {"kind": "hang", "frist": 1})
    assert caught.value.code == 400
    assert "unknown field `frist`" in json.load(caught.value)["message"]
