"""The control plane through boto3, and the guide's commands of the AWS CLI. Each test has an account of its own."""

import datetime
import itertools
import json
import re

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from cli import Cli, words
from clients import REGION, Server, session
from wire import CLAUDE, CLAUDE_GLOBAL, HELLO

CLAUDE_ARN = f"arn:aws:bedrock:{REGION}::foundation-model/{CLAUDE}"
PROFILE_ONLY = CLAUDE_GLOBAL.removeprefix("global.")
ACCOUNTS = itertools.count(310000000000)

# The guide's section 2.
GUIDE_FROM_MODEL = r"""
aws bedrock create-inference-profile \
--inference-profile-name "my-claude-profile" \
--description "Custom Claude profile for cost tracking" \
--model-source '{"copyFrom": "anthropic.claude-3-5-sonnet-20241022-v2:0"}' \
--tags '[{"key": "Environment", "value": "Development"}]' \
--region us-west-2
"""
GUIDE_FROM_PROFILE = r"""
aws bedrock create-inference-profile \
--inference-profile-name "my-global-claude-profile" \
--description "Custom profile based on global Claude Sonnet 4" \
--model-source '{"copyFrom": "global.anthropic.claude-sonnet-4-20250514-v1:0"}' \
--region us-west-2
"""
GUIDE_LIST = "aws bedrock list-inference-profiles --region us-west-2"
GUIDE_GET = r"""
aws bedrock get-inference-profile \
--inference-profile-identifier "your-profile-id" \
--region us-west-2
"""


class Account:
    """Clients of one account: a 12-digit access key names it."""

    def __init__(self, server: Server, number: str):
        self.number = number
        self._server = server

    def client(self, service: str, region: str = REGION, **config):
        return session().client(
            service,
            region_name=region,
            endpoint_url=self._server.http,
            aws_access_key_id=self.number,
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, **config),
        )


@pytest.fixture
def account(server):
    return Account(server, str(next(ACCOUNTS)))


@pytest.fixture
def bedrock(account):
    return account.client("bedrock")


@pytest.fixture
def runtime(account):
    return account.client("bedrock-runtime")


def create(client, name: str, source: str = CLAUDE_ARN, **more) -> str:
    answer = client.create_inference_profile(
        inferenceProfileName=name, modelSource={"copyFrom": source}, **more
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["status"] == "ACTIVE"
    return answer["inferenceProfileArn"]


def application_ids(client) -> list[str]:
    pages = client.get_paginator("list_inference_profiles").paginate(typeEquals="APPLICATION")
    return [p["inferenceProfileId"] for page in pages for p in page["inferenceProfileSummaries"]]


def refused(client, exception: str, status: int) -> pytest.RaisesExc:
    """boto3 must raise the class that its model makes for the type."""

    def has_status(error: ClientError) -> bool:
        return (
            error.response["ResponseMetadata"]["HTTPStatusCode"] == status
            and error.response["Error"]["Code"] == exception
            and bool(error.response["Error"]["Message"])
        )

    return pytest.raises(getattr(client.exceptions, exception), check=has_status)


class TestInferenceProfiles:
    def test_create_get_use_delete(self, account, bedrock, runtime):
        arn = create(bedrock, "boto3-profile", description="Made by boto3")
        profile_id = arn.rpartition("/")[2]

        assert re.fullmatch("[a-z0-9]{12}", profile_id)
        assert arn == f"arn:aws:bedrock:{REGION}:{account.number}:application-inference-profile/{profile_id}"
        for identifier in (arn, profile_id):
            seen = bedrock.get_inference_profile(inferenceProfileIdentifier=identifier)
            created = seen.pop("createdAt")
            assert abs(datetime.datetime.now(datetime.timezone.utc) - created) < datetime.timedelta(minutes=5)
            assert seen.pop("updatedAt") == created
            del seen["ResponseMetadata"]
            assert seen == {
                "inferenceProfileName": "boto3-profile",
                "description": "Made by boto3",
                "inferenceProfileArn": arn,
                "models": [{"modelArn": CLAUDE_ARN}],
                "inferenceProfileId": profile_id,
                "status": "ACTIVE",
                "type": "APPLICATION",
            }
        assert runtime.converse(modelId=arn, messages=HELLO)["stopReason"] == "end_turn"

        bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
        with refused(runtime, "ValidationException", 400):
            runtime.converse(modelId=arn, messages=HELLO)
        with refused(bedrock, "ResourceNotFoundException", 404):
            bedrock.get_inference_profile(inferenceProfileIdentifier=arn)
        with refused(bedrock, "ResourceNotFoundException", 404):
            bedrock.delete_inference_profile(inferenceProfileIdentifier=profile_id)

    def test_a_global_profile_as_source(self, account, bedrock, runtime):
        source = f"arn:aws:bedrock:{REGION}:{account.number}:inference-profile/{CLAUDE_GLOBAL}"
        arn = create(bedrock, "from-global", source)

        models = bedrock.get_inference_profile(inferenceProfileIdentifier=arn)["models"]
        assert models == [
            {"modelArn": f"arn:aws:bedrock:::foundation-model/{PROFILE_ONLY}"},
            {"modelArn": f"arn:aws:bedrock:{REGION}::foundation-model/{PROFILE_ONLY}"},
        ]
        assert runtime.converse(modelId=arn, messages=HELLO)["stopReason"] == "end_turn"

    def test_a_bad_source(self, bedrock):
        # The recorded text for a source that is none.
        message = "copyFrom must be a valid inference profile model source ARN."
        with pytest.raises(bedrock.exceptions.ValidationException, match=re.escape(message)):
            create(bedrock, "bad", f"arn:aws:bedrock:eu-west-1::foundation-model/{CLAUDE}")

    def test_a_client_request_token(self, bedrock):
        first = create(bedrock, "once", clientRequestToken="the-token")
        assert create(bedrock, "once", clientRequestToken="the-token") == first
        assert len(application_ids(bedrock)) == 1
        with refused(bedrock, "ConflictException", 400):
            create(bedrock, "another", clientRequestToken="the-token")

    def test_a_name_that_is_taken(self, bedrock):
        create(bedrock, "taken")
        with refused(bedrock, "ConflictException", 400):
            create(bedrock, "taken")

    def test_list_pages_and_types(self, bedrock):
        made = {create(bedrock, f"page-{i}").rpartition("/")[2] for i in range(3)}

        assert set(application_ids(bedrock)) == made
        pages = bedrock.get_paginator("list_inference_profiles").paginate(PaginationConfig={"PageSize": 10})
        pages = [page["inferenceProfileSummaries"] for page in pages]
        assert all(len(page) == 10 for page in pages[:-1])
        summaries = [summary for page in pages for summary in page]
        ids = [summary["inferenceProfileId"] for summary in summaries]
        assert len(ids) == len(set(ids))
        assert made < set(ids)
        systems = [summary for summary in summaries if summary["type"] == "SYSTEM_DEFINED"]
        listed = bedrock.list_inference_profiles(typeEquals="SYSTEM_DEFINED")
        assert listed["inferenceProfileSummaries"] == systems
        assert "nextToken" not in listed
        for summary in systems:
            assert summary["inferenceProfileId"].startswith(("us.", "global."))
            assert isinstance(summary["createdAt"], datetime.datetime)
            assert summary["models"]
        with refused(bedrock, "ValidationException", 400):
            bedrock.list_inference_profiles(nextToken="made-up")

    def test_system_profiles(self, account, bedrock):
        seen = bedrock.get_inference_profile(inferenceProfileIdentifier=CLAUDE_GLOBAL)
        assert seen["inferenceProfileName"] == "Global Claude Sonnet 4"
        assert (
            seen["description"]
            == "Routes requests to Claude Sonnet 4 globally across all supported AWS Regions."
        )
        assert seen["type"] == "SYSTEM_DEFINED"
        assert (
            seen["inferenceProfileArn"]
            == f"arn:aws:bedrock:{REGION}:{account.number}:inference-profile/{CLAUDE_GLOBAL}"
        )
        with refused(bedrock, "ValidationException", 400):
            bedrock.delete_inference_profile(inferenceProfileIdentifier=CLAUDE_GLOBAL)

    def test_accounts_and_regions_are_apart(self, server, account, bedrock):
        arn = create(bedrock, "mine")
        stranger = Account(server, str(next(ACCOUNTS)))

        for other in (stranger.client("bedrock"), account.client("bedrock", "us-east-1")):
            assert application_ids(other) == []
            with refused(other, "ResourceNotFoundException", 404):
                other.get_inference_profile(inferenceProfileIdentifier=arn)
        for other in (stranger.client("bedrock-runtime"), account.client("bedrock-runtime", "us-east-1")):
            with refused(other, "ValidationException", 400):
                other.converse(modelId=arn, messages=HELLO)

    def test_modelled_constraints(self, account):
        unchecked = account.client("bedrock", parameter_validation=False)
        expected = (
            "1 validation error detected: Value 'no/slash' at 'inferenceProfileName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ([0-9a-zA-Z][ _-]?)+"
        )
        with pytest.raises(unchecked.exceptions.ValidationException) as error:
            create(unchecked, "no/slash")
        assert error.value.response["Error"]["Message"] == expected


class TestTags:
    def test_a_life_of_tags(self, bedrock):
        arn = create(bedrock, "tagged", tags=[{"key": "Environment", "value": "Development"}])

        bedrock.tag_resource(
            resourceARN=arn, tags=[{"key": "Environment", "value": "Test"}, {"key": "team", "value": ""}]
        )
        assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [
            {"key": "Environment", "value": "Test"},
            {"key": "team", "value": ""},
        ]
        bedrock.untag_resource(resourceARN=arn, tagKeys=["Environment", "never-there"])
        assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "team", "value": ""}]

    def test_too_many(self, bedrock):
        arn = create(bedrock, "many")
        tags = [{"key": f"k{i}", "value": "v"} for i in range(51)]
        with refused(bedrock, "TooManyTagsException", 400) as error:
            bedrock.tag_resource(resourceARN=arn, tags=tags)
        assert error.value.response["resourceName"] == arn
        bedrock.tag_resource(resourceARN=arn, tags=tags[:50])

    def test_refusals(self, account, bedrock):
        arn = create(bedrock, "refusals")
        with refused(bedrock, "ValidationException", 400):
            bedrock.tag_resource(resourceARN=arn, tags=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}])
        gone = arn.rpartition("/")[0] + "/000000000000"
        for call in (
            lambda: bedrock.tag_resource(resourceARN=gone, tags=[]),
            lambda: bedrock.untag_resource(resourceARN=gone, tagKeys=[]),
            lambda: bedrock.list_tags_for_resource(resourceARN=gone),
        ):
            with refused(bedrock, "ResourceNotFoundException", 404):
                call()


class TestFoundationModels:
    def test_list_and_get_agree(self, bedrock):
        summaries = bedrock.list_foundation_models()["modelSummaries"]
        (summary,) = [s for s in summaries if s["modelId"] == CLAUDE]
        assert summary["modelArn"] == CLAUDE_ARN
        assert summary["providerName"] == "Anthropic"
        assert summary["modelName"] == "Claude 3.5 Sonnet v2"
        assert summary["responseStreamingSupported"] is True
        assert "ON_DEMAND" in summary["inferenceTypesSupported"]
        for identifier in (CLAUDE, CLAUDE_ARN):
            assert bedrock.get_foundation_model(modelIdentifier=identifier)["modelDetails"] == summary
        # Members without a value are null on the wire, so boto3 leaves them out.
        assert summary["modelLifecycle"].keys() == {"status"}

    @pytest.mark.parametrize(
        ("filters", "passes"),
        [
            ({"byProvider": "anthropic"}, lambda m: m["providerName"] == "Anthropic"),
            ({"byOutputModality": "EMBEDDING"}, lambda m: "EMBEDDING" in m["outputModalities"]),
            ({"byInferenceType": "ON_DEMAND"}, lambda m: "ON_DEMAND" in m["inferenceTypesSupported"]),
            (
                {"byProvider": "Amazon", "byOutputModality": "IMAGE"},
                lambda m: m["providerName"] == "Amazon" and "IMAGE" in m["outputModalities"],
            ),
            ({"byCustomizationType": "FINE_TUNING"}, lambda m: "FINE_TUNING" in m["customizationsSupported"]),
            ({"byInferenceType": "PROVISIONED"}, lambda m: "PROVISIONED" in m["inferenceTypesSupported"]),
        ],
        ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
    )
    def test_filters(self, bedrock, filters, passes):
        everything = bedrock.list_foundation_models()["modelSummaries"]
        found = bedrock.list_foundation_models(**filters)["modelSummaries"]
        assert found == [model for model in everything if passes(model)]
        assert len(found) < len(everything)

    def test_profiles_are_no_models(self, bedrock):
        with refused(bedrock, "ValidationException", 400):
            bedrock.get_foundation_model(modelIdentifier="us." + CLAUDE)

    def test_availability(self, bedrock):
        answer = bedrock.get_foundation_model_availability(modelId=CLAUDE)
        del answer["ResponseMetadata"]
        assert answer == {
            "modelId": CLAUDE,
            "agreementAvailability": {"status": "AVAILABLE"},
            "authorizationStatus": "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE",
            "regionAvailability": "AVAILABLE",
        }


class TestGuide:
    """The guide's commands as printed; the environment names the endpoint and the credentials."""

    @pytest.fixture
    def run(self, server, account):
        return Cli(server, account.number)

    @pytest.mark.parametrize("command", [GUIDE_FROM_MODEL, GUIDE_FROM_PROFILE], ids=["model", "profile"])
    def test_create_list_get(self, run, bedrock, runtime, command):
        made = run.script(command)
        assert made.keys() == {"inferenceProfileArn", "status"}
        arn = made["inferenceProfileArn"]
        profile_id = arn.rpartition("/")[2]

        listed = run(GUIDE_LIST)["inferenceProfileSummaries"]
        (summary,) = [p for p in listed if p["type"] == "APPLICATION"]
        seen = run(GUIDE_GET.replace("your-profile-id", profile_id))
        assert seen == summary
        given = words(command)
        assert seen["inferenceProfileName"] == given[given.index("--inference-profile-name") + 1]
        assert seen["description"] == given[given.index("--description") + 1]
        tags = json.loads(given[given.index("--tags") + 1]) if "--tags" in given else []
        assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == tags
        assert runtime.converse(modelId=arn, messages=HELLO)["stopReason"] == "end_turn"

    def test_boto3_sends_the_same(self, bedrock, runtime):
        arn = create(
            bedrock,
            "my-claude-profile",
            CLAUDE,
            description="Custom Claude profile for cost tracking",
            tags=[{"key": "Environment", "value": "Development"}],
        )
        assert runtime.converse(modelId=arn, messages=HELLO)["stopReason"] == "end_turn"
        arn = create(
            bedrock,
            "my-global-claude-profile",
            CLAUDE_GLOBAL,
            description="Custom profile based on global Claude Sonnet 4",
        )
        assert runtime.converse(modelId=arn, messages=HELLO)["stopReason"] == "end_turn"
