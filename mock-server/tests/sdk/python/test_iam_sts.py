"""IAM and STS as boto3 and the AWS CLI have them, and what their credentials open on the runtime."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import botocore.exceptions
import pytest
import requests
from botocore.config import Config
from cli import Cli
from clients import REGION, session
from wire import CLAUDE, HELLO

SERVICE = "bedrock.amazonaws.com"
GUIDE_COMMAND = "aws iam create-service-specific-credential --user-name your-user --service-name bedrock.amazonaws.com"
INVALID_KEY = (403, "Authentication failed: Please make sure your API Key is valid.")
ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)"


def client(server, service: str, *, access_key="test", secret="test", token=None, **config):
    return session().client(
        service,
        region_name=REGION,
        endpoint_url=server.http,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


def with_credentials(server, service: str, credentials: dict, **config):
    names = {"access_key": "AccessKeyId", "secret": "SecretAccessKey", "token": "SessionToken"}
    return client(server, service, **{k: credentials[v] for k, v in names.items()}, **config)


def converse(server, key: str) -> tuple[int, str | None]:
    """Status and refusal of a call with a bearer key."""
    answer = requests.post(
        f"{server.http}/model/{CLAUDE}/converse",
        json={"messages": HELLO},
        headers={"Authorization": f"Bearer {key}"},
        timeout=20,
    )
    return answer.status_code, answer.json().get("Message")


@pytest.fixture
def account() -> str:
    """An account of its own: its number is an access key that every mock knows."""
    return str(uuid.uuid4().int)[:12]


@pytest.fixture
def iam(server, account):
    return client(server, "iam", access_key=account)


@pytest.fixture
def sts(server, account):
    return client(server, "sts", access_key=account)


def refused(call, **parameters) -> tuple[int, str, str]:
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


class TestUsers:
    def test_from_create_to_delete(self, iam, account):
        tags = [{"Key": "team", "Value": "a b+c/ü"}]
        made = iam.create_user(UserName="ann", Path="/team/", Tags=tags)["User"]
        assert made["Arn"] == f"arn:aws:iam::{account}:user/team/ann"
        assert made["Tags"] == tags
        assert datetime.now(UTC) - made["CreateDate"] < timedelta(minutes=1)
        assert iam.get_user(UserName="ann")["User"] == made
        del made["Tags"]
        assert iam.list_users()["Users"] == [made]
        assert iam.list_users(PathPrefix="/other/")["Users"] == []
        iam.delete_user(UserName="ann")
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.get_user(UserName="ann")

    def test_modelled_exceptions(self, iam):
        iam.create_user(UserName="ann")
        with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
            iam.create_user(UserName="ann")
        iam.create_service_specific_credential(UserName="ann", ServiceName=SERVICE)
        with pytest.raises(iam.exceptions.DeleteConflictException):
            iam.delete_user(UserName="ann")
        iam.create_service_specific_credential(UserName="ann", ServiceName=SERVICE)
        with pytest.raises(iam.exceptions.LimitExceededException):
            iam.create_service_specific_credential(UserName="ann", ServiceName=SERVICE)

    def test_paginator(self, iam):
        names = [f"user{n:02}" for n in range(7)]
        for name in names:
            iam.create_user(UserName=name)
        pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 3}))
        assert [len(page["Users"]) for page in pages] == [3, 3, 1]
        assert [user["UserName"] for page in pages for user in page["Users"]] == names

    def test_accounts_do_not_see_each_other(self, server, iam):
        iam.create_user(UserName="ann")
        other = client(server, "iam", access_key="999900001111")
        assert refused(other.get_user, UserName="ann")[1] == "NoSuchEntity"


class TestKeys:
    def test_life(self, server, iam, account):
        made = iam.create_service_specific_credential(UserName="your-user", ServiceName=SERVICE)["ServiceSpecificCredential"]
        first = made["ServiceCredentialSecret"]
        assert made["ServiceCredentialAlias"] == f"your-user-at-{account}"
        assert "ExpirationDate" not in made
        which = {"UserName": "your-user", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
        assert converse(server, first) == (200, None)

        iam.update_service_specific_credential(**which, Status="Inactive")
        assert converse(server, first) == INVALID_KEY
        (listed,) = iam.list_service_specific_credentials(UserName="your-user")["ServiceSpecificCredentials"]
        assert listed["Status"] == "Inactive"
        iam.update_service_specific_credential(**which, Status="Active")
        assert converse(server, first) == (200, None)

        second = iam.reset_service_specific_credential(**which)["ServiceSpecificCredential"]["ServiceCredentialSecret"]
        assert converse(server, first) == INVALID_KEY
        assert converse(server, second) == (200, None)

        iam.delete_service_specific_credential(**which)
        assert converse(server, second) == INVALID_KEY
        assert iam.list_service_specific_credentials(UserName="your-user")["ServiceSpecificCredentials"] == []

    def test_two_keys_of_a_user_are_told_apart(self, server, iam, account):
        keys = [
            iam.create_service_specific_credential(UserName="u", ServiceName=SERVICE)["ServiceSpecificCredential"]
            for _ in range(2)
        ]
        assert [key["ServiceCredentialAlias"] for key in keys] == [f"u-at-{account}", f"u+1-at-{account}"]
        iam.delete_service_specific_credential(
            UserName="u", ServiceSpecificCredentialId=keys[0]["ServiceSpecificCredentialId"]
        )
        assert converse(server, keys[0]["ServiceCredentialSecret"]) == INVALID_KEY
        assert converse(server, keys[1]["ServiceCredentialSecret"]) == (200, None)

    def test_age(self, iam):
        made = iam.create_service_specific_credential(UserName="u", ServiceName=SERVICE, CredentialAgeDays=36600)
        key = made["ServiceSpecificCredential"]
        assert key["ExpirationDate"] - key["CreateDate"] == timedelta(days=36600)

    def test_lists(self, iam):
        ids = {
            iam.create_service_specific_credential(UserName=user, ServiceName=SERVICE)["ServiceSpecificCredential"][
                "ServiceSpecificCredentialId"
            ]
            for user in ("a", "b", "b")
        }
        found, marker = set(), {}
        while True:
            page = iam.list_service_specific_credentials(AllUsers=True, MaxItems=2, **marker)
            found |= {key["ServiceSpecificCredentialId"] for key in page["ServiceSpecificCredentials"]}
            assert not any("ServiceCredentialSecret" in key for key in page["ServiceSpecificCredentials"])
            if not page["IsTruncated"]:
                break
            marker = {"Marker": page["Marker"]}
        assert found == ids
        assert len(iam.list_service_specific_credentials(UserName="b", ServiceName=SERVICE)["ServiceSpecificCredentials"]) == 2

    def test_constraints_that_botocore_would_catch(self, server):
        iam = client(server, "iam", parameter_validation=False)
        found = refused(iam.create_service_specific_credential, UserName="u", ServiceName=SERVICE, CredentialAgeDays=0)
        assert found == (
            400,
            "ValidationError",
            "1 validation error detected: Value at 'credentialAgeDays' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
        )


class TestSessions:
    def test_caller(self, sts, account):
        identity = sts.get_caller_identity()
        assert identity["Account"] == account
        assert identity["Arn"] == f"arn:aws:iam::{account}:user/{account}"

    def test_session_token_acts_as_the_user(self, server, sts, account):
        session = sts.get_session_token(DurationSeconds=900)["Credentials"]
        left = session["Expiration"] - datetime.now(UTC)
        assert timedelta(minutes=14) < left <= timedelta(minutes=15)
        own = with_credentials(server, "sts", session)
        assert own.get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:user/{account}"
        assert refused(own.get_session_token)[:2] == (403, "AccessDenied")
        runtime = with_credentials(server, "bedrock-runtime", session)
        assert runtime.converse(modelId=CLAUDE, messages=HELLO)["stopReason"] == "end_turn"

    def test_role_acts_in_its_account(self, server, sts):
        answer = sts.assume_role(RoleArn="arn:aws:iam::444455556666:role/Reader", RoleSessionName="me")
        assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::444455556666:assumed-role/Reader/me"
        own = with_credentials(server, "sts", answer["Credentials"]).get_caller_identity()
        assert own["Arn"] == answer["AssumedRoleUser"]["Arn"]
        assert own["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]
        assert own["Account"] == "444455556666"
        role = with_credentials(server, "iam", answer["Credentials"])
        assert refused(role.get_user) == (
            400, "ValidationError", "Must specify userName when calling with non-User credentials",
        )  # fmt: skip
        chained = with_credentials(server, "sts", answer["Credentials"])
        parameters = {"RoleArn": "arn:aws:iam::444455556666:role/Other", "RoleSessionName": "me"}
        chained.assume_role(**parameters)
        assert refused(chained.assume_role, **parameters, DurationSeconds=3601)[1] == "ValidationError"

    @pytest.mark.parametrize("service", ["iam", "sts", "bedrock-runtime"])
    @pytest.mark.parametrize("broken", ["SecretAccessKey", "SessionToken", "no SessionToken"])
    def test_every_part_counts(self, server, sts, service, broken):
        session = sts.get_session_token()["Credentials"]
        session |= {broken.removeprefix("no "): None if broken.startswith("no ") else "other"}
        made = with_credentials(server, service, session)
        status, code, _ = {
            "iam": lambda: refused(made.list_users),
            "sts": lambda: refused(made.get_caller_identity),
            "bedrock-runtime": lambda: refused(made.converse, modelId=CLAUDE, messages=HELLO),
        }[service]()
        query = {"SecretAccessKey": "SignatureDoesNotMatch"}.get(broken, "InvalidClientTokenId")
        rest = {"SecretAccessKey": "InvalidSignatureException"}.get(broken, "UnrecognizedClientException")
        assert (status, code) == (403, rest if service == "bedrock-runtime" else query)


class TestCredentials:
    def test_unknown_access_key(self, server):
        made = client(server, "sts", access_key="AKIAIOSFODNN7EXAMPLE")
        text = "The security token included in the request is invalid"
        assert refused(made.get_caller_identity) == (403, "InvalidClientTokenId", text)

    def test_wrong_secret(self, server):
        status, code, text = refused(client(server, "iam", secret="other").list_users)
        assert (status, code) == (403, "SignatureDoesNotMatch")
        assert text.startswith("The request signature we calculated does not match the signature you provided.")

    def test_presigned_identity(self, server, account, sts):
        url = sts.generate_presigned_url("get_caller_identity", HttpMethod="GET")
        answer = requests.get(url, timeout=20)
        assert answer.status_code == 200
        assert f"<Account>{account}</Account>" in answer.text

    def test_api_keys_open_neither_service(self, server):
        form = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
        headers = {"Authorization": f"Bearer {server.api_key}"}
        answer = requests.post(server.http, data=form, headers=headers, timeout=20)
        assert answer.status_code == 403
        assert "<Code>MissingAuthenticationToken</Code>" in answer.text


class TestCommandLine:
    @pytest.fixture
    def run(self, server, account):
        """Runs a command of the guide as printed; only the environment says where the mock is."""
        return Cli(server, account)

    def test_the_guides_command_makes_a_working_key(self, server, run, account):
        made = run.script(GUIDE_COMMAND)["ServiceSpecificCredential"]
        assert made["UserName"] == "your-user"
        assert re.fullmatch(ISO, made["CreateDate"])
        assert converse(server, made["ServiceCredentialSecret"]) == (200, None)
        which = f"--user-name your-user --service-specific-credential-id {made['ServiceSpecificCredentialId']}"
        run(f"aws iam update-service-specific-credential {which} --status Inactive")
        assert converse(server, made["ServiceCredentialSecret"]) == INVALID_KEY
        reset = run(f"aws iam reset-service-specific-credential {which}")
        assert reset["ServiceSpecificCredential"]["Status"] == "Inactive"
        listed = run("aws iam list-service-specific-credentials --user-name your-user")
        assert len(listed["ServiceSpecificCredentials"]) == 1
        run(f"aws iam delete-service-specific-credential {which}")
        run("aws iam delete-user --user-name your-user")
        assert run("aws iam list-users")["Users"] == []

    def test_age_users_and_sts(self, run, account):
        run("aws iam create-user --user-name ann --tags Key=team,Value=one")
        assert run("aws iam get-user --user-name ann")["User"]["Tags"] == [{"Key": "team", "Value": "one"}]
        made = run(f"aws iam create-service-specific-credential --user-name ann --service-name {SERVICE} --credential-age-days 30")
        assert re.fullmatch(ISO, made["ServiceSpecificCredential"]["ExpirationDate"])
        assert run("aws sts get-caller-identity")["Account"] == account
        assert run("aws sts get-session-token")["Credentials"]["AccessKeyId"].startswith("ASIA")
        role = f"--role-arn arn:aws:iam::{account}:role/Reader --role-session-name me"
        assert run(f"aws sts assume-role {role}")["AssumedRoleUser"]["Arn"].endswith(":assumed-role/Reader/me")
