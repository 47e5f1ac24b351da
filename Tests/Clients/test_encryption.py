"""Service Usage v1beta1 and Cloud KMS v1: what a repository with a key of its own needs."""

import pytest
from support.clients import expect_failure, failure

ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


@pytest.fixture
def project(new_project):
    return new_project("artifactregistry.googleapis.com", "cloudkms.googleapis.com")


@pytest.fixture
def key(project):
    return f"projects/{project}/locations/europe-west1/keyRings/ring/cryptoKeys/key"


def test_a_repository_with_a_key(owner, project, key):
    parent = f"projects/{project}/locations/europe-west1"
    create = owner.repositories.create(
        parent=parent, repositoryId="lib", body={"format": "PYTHON", "kmsKeyName": key})
    operation = create.execute()
    with pytest.raises(AssertionError, match="Permission denied on Cloud KMS key"):
        owner.finish_repository(operation)
    expect_failure(
        owner.repositories.get(name=f"{parent}/repositories/lib"), 404, "NOT_FOUND")

    # `gcloud beta services identity create` reads the response of the first answer.
    operation = owner.services_beta.generateServiceIdentity(
        parent=f"projects/{project}/services/artifactregistry.googleapis.com").execute()
    assert operation["done"], operation
    agent = operation["response"]["email"]
    number = owner.projects.get(projectId=project).execute()["projectNumber"]
    assert agent == f"service-{number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"

    assert owner.crypto_keys.get(name=key).execute() == {
        "name": key, "purpose": "ENCRYPT_DECRYPT"}
    expect_failure(
        owner.crypto_keys.get(name=key.replace("europe-west1", "moon")), 404, "NOT_FOUND")
    policy = owner.crypto_keys.getIamPolicy(resource=key, options_requestedPolicyVersion=3).execute()
    policy["bindings"] = [{"role": ROLE, "members": [f"serviceAccount:{agent}"]}]
    written = owner.crypto_keys.setIamPolicy(
        resource=key, body={"policy": policy, "updateMask": "bindings,etag"}).execute()
    assert owner.crypto_keys.getIamPolicy(resource=key).execute() == written
    error = failure(owner.crypto_keys.setIamPolicy(resource=key, body={"policy": policy}))
    assert error["status"] == "ABORTED"
    asked = ["cloudkms.cryptoKeys.getIamPolicy", "cloudkms.cryptoKeyVersions.useToEncrypt"]
    assert owner.crypto_keys.testIamPermissions(
        resource=key, body={"permissions": asked}).execute() == {"permissions": asked}
    owner.finish_repository(create.execute())
    assert owner.repositories.get(
        name=f"{parent}/repositories/lib").execute()["kmsKeyName"] == key


def test_bad_members_of_a_key_policy(owner, key):
    for member, text in [
            ("serviceAccount:nobody@gcp-sa-nosuch.iam.gserviceaccount.com", "does not exist."),
            ("a@example.com", 'Policy members must be of the form "<type>:<value>".')]:
        error = expect_failure(owner.crypto_keys.setIamPolicy(resource=key, body={
            "policy": {"bindings": [{"role": ROLE, "members": [member]}]}}),
            400, "INVALID_ARGUMENT", text)
        assert "errors" in error or "details" not in error
