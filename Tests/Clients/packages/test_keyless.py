"""Publishing with nothing but a token of an issuer, as a workflow without keys does."""

import google.auth.exceptions
import pytest
from google.auth import identity_pool
from google.auth.transport.requests import Request
from support.clients import SCOPE, fresh
from support.tools import Login, wheel


@pytest.fixture(scope="session")
def provider(owner, packages_project):
    """The name of a provider that accepts workflows of one organization."""
    parent = f"projects/{packages_project}/locations/global"
    pool = f"{parent}/workloadIdentityPools/{fresh('pool')}"
    owner.pools.create(parent=parent, workloadIdentityPoolId=pool.split("/")[-1], body={}).execute()
    owner.pool_providers.create(parent=pool, workloadIdentityPoolProviderId="github", body={
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
        "attributeMapping": {
            "google.subject": "assertion.sub", "attribute.repository_id": "assertion.repository_id"},
        "attributeCondition": "assertion.repository_owner_id == '5'"}).execute()
    return owner.pool_providers.get(name=f"{pool}/providers/github").execute()["name"]


@pytest.fixture
def workflow(sandbox, anonymous, provider, tmp_path):
    """The login of a workflow of a repository of GitHub, by google-auth's file of a federated credential."""

    def of(repository_id: str, owner_id: str = "5") -> Login:
        answer = anonymous("POST", "/_sandbox/oidc/token", {"provider": provider, "claims": {
            "sub": f"repo:acme/{repository_id}:ref:refs/heads/main",
            "repository_id": repository_id, "repository_owner_id": owner_id}})
        (tmp_path / "token").write_text(answer.json()["token"])
        credential = identity_pool.Credentials(
            audience=f"//iam.googleapis.com/{provider}",
            subject_token_type="urn:ietf:params:oauth:token-type:jwt",
            token_url=f"{sandbox.url}/v1/token",
            credential_source={"file": str(tmp_path / "token")}, scopes=[SCOPE])
        credential.refresh(Request())
        return Login("oauth2accesstoken", credential.token)

    return of


def test_a_workflow_publishes_and_installs(owner, repository, provider, workflow, tmp_path):
    pool = provider.split("/providers/")[0]
    policy = owner.repositories.getIamPolicy(resource=repository.name).execute()
    policy["bindings"] = [{
        "role": "roles/artifactregistry.writer",
        "members": [f"principalSet://iam.googleapis.com/{pool}/attribute.repository_id/77"]}]
    owner.repositories.setIamPolicy(resource=repository.name, body={"policy": policy}).execute()

    repository.twine(workflow("77"), wheel(tmp_path, "demo", "1.0"))
    repository.pip(workflow("77"), "download", "demo", "--dest", tmp_path / "got")
    assert (tmp_path / "got/demo-1.0-py3-none-any.whl").exists()

    refused = repository.twine(workflow("78"), wheel(tmp_path, "demo", "2.0"), fails=True)
    assert "403 Forbidden" in refused
    assert "artifactregistry.repositories.uploadArtifacts" in refused
    with pytest.raises(google.auth.exceptions.OAuthError, match="attribute condition"):
        workflow("77", owner_id="6")
