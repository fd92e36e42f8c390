"""boto3 as its users have it: what it decodes is what the service model says."""

import re

import botocore.exceptions
import pytest
from clients import signing_client
from wire import CLAUDE, CLAUDE_GLOBAL, HELLO, PROFILE_ARN, STORY, TEXT_GRAMMAR, UUID4, assert_total


def text_of(answer: dict) -> str:
    return "".join(block["text"] for block in answer["output"]["message"]["content"])


def events_of(answer: dict) -> list[tuple[str, dict]]:
    """The events of a stream, each of which is a union: one member, its kind."""
    found = []
    for event in answer["stream"]:
        ((name, body),) = event.items()
        found.append((name, body))
    return found


def streamed_text(events: list[tuple[str, dict]]) -> str:
    return "".join(body["delta"]["text"] for name, body in events if name == "contentBlockDelta")


def last_of(events: list[tuple[str, dict]], kind: str) -> dict:
    return [body for name, body in events if name == kind][-1]


@pytest.fixture(params=["signed over http", "bearer over https"])
def client(request):
    return request.getfixturevalue(request.param.split()[0])


class TestConverse:
    def test_answers_with_text_and_usage(self, client):
        answer = client.converse(modelId=CLAUDE, messages=HELLO)

        assert answer["output"]["message"]["role"] == "assistant"
        assert text_of(answer).strip()
        assert answer["stopReason"] == "end_turn"
        assert isinstance(answer["metrics"]["latencyMs"], int)
        assert_total(answer["usage"])
        metadata = answer["ResponseMetadata"]
        assert metadata["HTTPStatusCode"] == 200
        assert UUID4.fullmatch(metadata["RequestId"])
        assert metadata["RetryAttempts"] == 0

    def test_same_request_same_answer(self, signed):
        first, second = (signed.converse(modelId=CLAUDE, messages=HELLO) for _ in range(2))

        assert first["output"] == second["output"]
        assert first["usage"] == second["usage"]
        assert first["ResponseMetadata"]["RequestId"] != second["ResponseMetadata"]["RequestId"]

    def test_several_turns_and_a_system_prompt(self, signed):
        turns = [
            {"role": "user", "content": [{"text": "My name is Ada."}]},
            {"role": "assistant", "content": [{"text": "Hello Ada, what can I do for you?"}]},
            {"role": "user", "content": [{"text": "Say my name."}, {"text": "Just the name."}]},
        ]
        system = [{"text": "You are brief."}, {"text": "You are polite."}]

        alone = signed.converse(modelId=CLAUDE, messages=turns[-1:])
        with_turns = signed.converse(modelId=CLAUDE, messages=turns)
        with_system = signed.converse(modelId=CLAUDE, messages=turns, system=system)

        for answer in (alone, with_turns, with_system):
            assert answer["stopReason"] == "end_turn"
            assert text_of(answer).strip()
        # Every turn and the system prompt are input, and counted.
        counts = [answer["usage"]["inputTokens"] for answer in (alone, with_turns, with_system)]
        assert counts == sorted(set(counts)), counts

    def test_max_tokens_cuts_the_answer(self, signed):
        whole = signed.converse(modelId=CLAUDE, messages=STORY)
        assert whole["usage"]["outputTokens"] > 3

        cut = signed.converse(modelId=CLAUDE, messages=STORY, inferenceConfig={"maxTokens": 3})

        assert cut["stopReason"] == "max_tokens"
        assert cut["usage"]["outputTokens"] == 3
        assert_total(cut["usage"])
        assert text_of(whole).startswith(text_of(cut))
        assert len(text_of(cut)) < len(text_of(whole))

    def test_stop_sequence_ends_the_answer_before_it(self, signed):
        whole = text_of(signed.converse(modelId=CLAUDE, messages=STORY))
        words = re.findall(r"\w+", whole)
        stop = next(word for word in words if whole.index(word) > 0 and len(word) > 2)

        answer = signed.converse(modelId=CLAUDE, messages=STORY, inferenceConfig={"stopSequences": [stop]})

        assert answer["stopReason"] == "stop_sequence"
        assert stop not in text_of(answer)
        assert whole.startswith(text_of(answer))

    @pytest.mark.parametrize("model", [CLAUDE, CLAUDE_GLOBAL, PROFILE_ARN], ids=["base", "system profile", "application profile"])
    def test_every_kind_of_model_id(self, client, model):
        assert client.converse(modelId=model, messages=HELLO)["stopReason"] == "end_turn"

    def test_model_by_foundation_model_arn(self, signed):
        arn = f"arn:aws:bedrock:us-west-2::foundation-model/{CLAUDE}"
        assert signed.converse(modelId=arn, messages=HELLO)["stopReason"] == "end_turn"

    def test_twelve_digits_are_an_access_key(self, server):
        client = signing_client(server, access_key="210987654321")
        assert client.converse(modelId=CLAUDE, messages=HELLO)["stopReason"] == "end_turn"

    def test_signed_over_tls(self, server, monkeypatch):
        monkeypatch.setenv("AWS_CA_BUNDLE", server.ca_bundle)
        for endpoint in (server.https, f"https://127.0.0.1:{server.port}"):
            client = signing_client(server, endpoint=endpoint)
            assert client.converse(modelId=CLAUDE, messages=HELLO)["stopReason"] == "end_turn"


class TestConverseStream:
    def test_events_come_in_the_recorded_order(self, client):
        answer = client.converse_stream(modelId=CLAUDE, messages=STORY)
        events = events_of(answer)

        assert TEXT_GRAMMAR.fullmatch(" ".join(name for name, _ in events))
        assert events[0][1] == {"role": "assistant"} or events[0][1].keys() == {"role", "p"}
        assert events[0][1]["role"] == "assistant"
        assert {body["contentBlockIndex"] for name, body in events if name.startswith("contentBlock")} == {0}
        assert last_of(events, "messageStop")["stopReason"] == "end_turn"
        metadata = last_of(events, "metadata")
        assert isinstance(metadata["metrics"]["latencyMs"], int)
        assert_total(metadata["usage"])

    def test_says_what_converse_says(self, signed):
        whole = signed.converse(modelId=CLAUDE, messages=STORY)
        events = events_of(signed.converse_stream(modelId=CLAUDE, messages=STORY))

        assert streamed_text(events) == text_of(whole)
        usage = last_of(events, "metadata")["usage"]
        for name in ("inputTokens", "outputTokens"):
            assert usage[name] == whole["usage"][name]

    def test_the_text_comes_in_pieces(self, signed):
        events = events_of(signed.converse_stream(modelId=CLAUDE, messages=STORY))
        assert sum(name == "contentBlockDelta" for name, _ in events) > 1

    def test_max_tokens(self, signed):
        events = events_of(signed.converse_stream(modelId=CLAUDE, messages=STORY, inferenceConfig={"maxTokens": 2}))
        assert last_of(events, "messageStop")["stopReason"] == "max_tokens"
        assert last_of(events, "metadata")["usage"]["outputTokens"] == 2

    def test_stop_sequence(self, signed):
        whole = streamed_text(events_of(signed.converse_stream(modelId=CLAUDE, messages=STORY)))
        # Longer than one delta, so that it has to be found across deltas.
        stop = whole[len(whole) // 2 :][:40]
        inference = {"stopSequences": [stop]}
        events = events_of(signed.converse_stream(modelId=CLAUDE, messages=STORY, inferenceConfig=inference))

        assert last_of(events, "messageStop")["stopReason"] == "stop_sequence"
        assert streamed_text(events) == whole[: whole.index(stop)]

    @pytest.mark.parametrize("model", [CLAUDE, CLAUDE_GLOBAL, PROFILE_ARN], ids=["base", "system profile", "application profile"])
    def test_every_kind_of_model_id(self, client, model):
        events = events_of(client.converse_stream(modelId=model, messages=HELLO))
        assert last_of(events, "messageStop")["stopReason"] == "end_turn"

    def test_a_closed_stream_leaves_the_client_usable(self, signed):
        stream = signed.converse_stream(modelId=CLAUDE, messages=STORY)["stream"]
        next(iter(stream))
        stream.close()
        assert signed.converse(modelId=CLAUDE, messages=HELLO)["stopReason"] == "end_turn"


class TestErrors:
    """Typed as the model's exceptions, with the recorded words."""

    @pytest.mark.parametrize("operation", ["converse", "converse_stream"])
    def test_unknown_model(self, client, operation):
        with pytest.raises(client.exceptions.ValidationException) as caught:
            getattr(client, operation)(modelId="anthropic.no-such-model-v1:0", messages=HELLO)

        response = caught.value.response
        assert response["Error"]["Message"] == "The provided model identifier is invalid."
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert UUID4.fullmatch(response["ResponseMetadata"]["RequestId"])

    # Clauses and the printing of a float: recorded for temperature; the family's for the others.
    @pytest.mark.parametrize(
        ("inference", "violation"),
        [
            (
                {"temperature": 2},
                "Value '2.0' at 'inferenceConfig.temperature' failed to satisfy constraint: "
                "Member must have value less than or equal to 1",
            ),
            (
                {"temperature": -0.5},
                "Value '-0.5' at 'inferenceConfig.temperature' failed to satisfy constraint: "
                "Member must have value greater than or equal to 0",
            ),
            (
                {"topP": 1.5},
                "Value '1.5' at 'inferenceConfig.topP' failed to satisfy constraint: "
                "Member must have value less than or equal to 1",
            ),
            (
                {"maxTokens": 0},
                "Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1",
            ),
        ],
        ids=["temperature too high", "temperature too low", "topP too high", "maxTokens too low"],
    )
    @pytest.mark.parametrize("operation", ["converse", "converse_stream"])
    def test_constraint(self, unchecked, operation, inference, violation):
        with pytest.raises(unchecked.exceptions.ValidationException) as caught:
            getattr(unchecked, operation)(modelId=CLAUDE, messages=HELLO, inferenceConfig=inference)

        assert caught.value.response["Error"]["Message"] == f"1 validation error detected: {violation}"

    def test_all_violations_in_one_message(self, unchecked):
        with pytest.raises(unchecked.exceptions.ValidationException) as caught:
            unchecked.converse(modelId=CLAUDE, messages=HELLO, inferenceConfig={"temperature": 2, "topP": 3})

        head, _, rest = caught.value.response["Error"]["Message"].partition(": ")
        assert head == "2 validation errors detected"
        clause = "failed to satisfy constraint: Member must have value less than or equal to 1"
        assert sorted(rest.split("; ")) == [
            f"Value '2.0' at 'inferenceConfig.temperature' {clause}",
            f"Value '3.0' at 'inferenceConfig.topP' {clause}",
        ]

    def test_bad_key(self, server, monkeypatch):
        monkeypatch.setenv("AWS_CA_BUNDLE", server.ca_bundle)
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "ABSKQmVkcm9ja0FQSUtleS1ub3QtYS1rZXk=")
        client = signing_client(server, access_key=None, secret=None, endpoint=server.https)

        with pytest.raises(client.exceptions.AccessDeniedException) as caught:
            client.converse(modelId=CLAUDE, messages=HELLO)

        response = caught.value.response
        assert response["Error"]["Message"] == "Authentication failed: Please make sure your API Key is valid."
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 403

    def test_a_certificate_of_the_generated_ca_only(self, server):
        client = signing_client(server, endpoint=server.https)
        with pytest.raises(botocore.exceptions.SSLError):
            client.converse(modelId=CLAUDE, messages=HELLO)
