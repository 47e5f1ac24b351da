"""Artifact Registry v1: the download rules of a repository, with Google's clients."""

import pytest
from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.cloud import artifactregistry_v1 as ar
from google.oauth2 import service_account
from google.protobuf import field_mask_pb2
from google.type import expr_pb2
from support.clients import expect_failure

OLD = "pkg.version.id < '3.0'"


@pytest.fixture
def repository(owner, project):
    parent = f"projects/{project}/locations/europe-west1"
    operation = owner.repositories.create(
        parent=parent, repositoryId="lib", body={"format": "PYTHON"}).execute()
    owner.finish_repository(operation)
    return f"{parent}/repositories/lib"


@pytest.fixture
def rules(owner):
    return owner.repositories.rules()


def test_create_get_list_patch_delete(rules, repository):
    body = {"action": "DENY", "operation": "DOWNLOAD", "condition": {"expression": OLD, "title": "Old"}}
    made = rules.create(parent=repository, ruleId="old", body=body).execute()
    name = f"{repository}/rules/old"
    assert made == {"name": name, **body}
    assert rules.get(name=name).execute() == made
    one = rules.create(parent=repository, ruleId="one", body={
        "action": "ALLOW", "operation": "DOWNLOAD", "packageId": "greetings"}).execute()
    assert rules.list(parent=repository).execute() == {"rules": [made, one]}
    request, seen = rules.list(parent=repository, pageSize=1), []
    while request:
        answer = request.execute()
        seen.append(answer["rules"])
        request = rules.list_next(request, answer)
    assert seen == [[made], [one]]

    changed = rules.patch(name=name, updateMask="action", body={
        "action": "ALLOW", "condition": {"expression": "true"}}).execute()
    assert changed == {**made, "action": "ALLOW"}
    # gcloud names the member inside the message.
    changed = rules.patch(name=name, updateMask="condition.expression", body={
        "condition": {"expression": "true"}}).execute()
    assert changed["condition"] == {"expression": "true", "title": "Old"}
    changed = rules.patch(name=name, updateMask="condition", body={}).execute()
    assert changed == {"name": name, "action": "ALLOW", "operation": "DOWNLOAD"}

    assert rules.delete(name=name).execute() == {}
    expect_failure(rules.get(name=name), 404, "NOT_FOUND")
    expect_failure(rules.delete(name=name), 404, "NOT_FOUND")


@pytest.mark.parametrize("change", [
    {"action": None}, {"action": "BLOCK"}, {"operation": None}, {"operation": "UPLOAD"},
    {"condition": {}}, {"condition": {"title": "t"}}, {"condition": {"expression": "pkg.f('"}},
    {"colour": "red"}, {"packageId": 1},
], ids=str)
def test_bad_rules(rules, repository, change):
    body = {"action": "DENY", "operation": "DOWNLOAD", **change}
    body = {key: value for key, value in body.items() if value is not None}
    expect_failure(
        rules.create(parent=repository, ruleId="bad", body=body), 400, "INVALID_ARGUMENT")
    assert rules.list(parent=repository).execute() == {}


def test_there_is_one_rule_for_each_package(rules, repository):
    def create(id, **body):
        return rules.create(parent=repository, ruleId=id, body={
            "action": "DENY", "operation": "DOWNLOAD", **body})
    create("all").execute()
    create("one", packageId="one").execute()
    for request in [create("all"), create("again"), create("also", packageId="one")]:
        expect_failure(request, 409, "ALREADY_EXISTS")
    two = create("two", packageId="two").execute()
    for package in ["one", ""]:
        expect_failure(rules.patch(
            name=two["name"], updateMask="packageId", body={"packageId": package}), 409,
            "ALREADY_EXISTS")
    assert rules.get(name=two["name"]).execute() == two


def test_rules_are_deleted_with_their_repository(owner, rules, repository):
    body = {"action": "DENY", "operation": "DOWNLOAD"}
    rules.create(parent=repository, ruleId="old", body=body).execute()
    owner.finish_repository(owner.repositories.delete(name=repository).execute())
    expect_failure(rules.list(parent=repository), 404, "NOT_FOUND")
    parent, _, id = repository.partition("/repositories/")
    owner.finish_repository(owner.repositories.create(
        parent=parent, repositoryId=id, body={"format": "PYTHON"}).execute())
    assert rules.list(parent=repository).execute() == {}


def test_the_generated_client(sandbox, rules, repository):
    """It sends and reads enums as numbers."""
    client = ar.ArtifactRegistryClient(
        credentials=service_account.Credentials.from_service_account_info(sandbox.owner()),
        transport="rest", client_options=ClientOptions(api_endpoint=sandbox.url))
    made = client.create_rule(parent=repository, rule_id="a%2Fb+1", rule=ar.Rule(
        action=ar.Rule.Action.DENY, operation=ar.Rule.Operation.DOWNLOAD,
        condition=expr_pb2.Expr(expression=OLD)))
    assert made.name == f"{repository}/rules/a%2Fb+1"
    assert made.action == ar.Rule.Action.DENY and made.condition.expression == OLD
    assert client.get_rule(name=made.name) == made
    assert list(client.list_rules(parent=repository)) == [made]
    assert rules.list(parent=repository).execute()["rules"][0]["action"] == "DENY"
    made.action = ar.Rule.Action.ALLOW
    changed = client.update_rule(
        rule=made, update_mask=field_mask_pb2.FieldMask(paths=["action"]))
    assert changed == made
    client.delete_rule(name=made.name)
    with pytest.raises(exceptions.NotFound):
        client.get_rule(name=made.name)
