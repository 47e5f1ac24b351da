"""Google's generated clients over their REST transports, which sign their own tokens.

`client_options.api_endpoint` with a scheme is the documented way to another server; the long-running
operations of these clients follow it. google-cloud-iam's admin client (iam_admin_v1) speaks gRPC only, so
accounts, keys and roles have no client here; its iam_credentials_v1 has REST.
"""

import pytest
from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.cloud import artifactregistry_v1 as ar
from google.cloud import iam_admin_v1
from google.cloud import iam_credentials_v1 as iamcredentials
from google.cloud import resourcemanager_v3 as crm
from google.cloud import service_usage_v1 as su
from google.cloud.location import locations_pb2
from google.iam.v1 import iam_policy_pb2, options_pb2, policy_pb2
from google.oauth2 import service_account
from google.protobuf import field_mask_pb2
from support.clients import SCOPE, fresh
from support.watch import WATCH


@pytest.fixture(scope="session")
def client(sandbox):
    credential = service_account.Credentials.from_service_account_info(sandbox.owner())
    return lambda kind: kind(
        credentials=credential, transport="rest",
        client_options=ClientOptions(api_endpoint=sandbox.url))


@pytest.fixture
def registry(client):
    return client(ar.ArtifactRegistryClient)


@pytest.fixture
def parent(project):
    return f"projects/{project}/locations/europe-west1"


def test_it_signs_its_own_tokens(registry, parent):
    before = WATCH.good[("POST /token", "google-auth")]
    assert list(registry.list_repositories(parent=parent)) == []
    assert WATCH.good[("POST /token", "google-auth")] == before
    assert registry.transport._credentials.token.count(".") == 2


def test_repositories(registry, parent):
    operation = registry.create_repository(
        parent=parent, repository_id="demo", repository=ar.Repository(
            format_=ar.Repository.Format.PYTHON, description="First", labels={"a": "b"},
            cleanup_policy_dry_run=True, cleanup_policies={"old": ar.CleanupPolicy(
                id="old", action=ar.CleanupPolicy.Action.DELETE,
                condition=ar.CleanupPolicyCondition(older_than={"seconds": 86400}))}))
    made = operation.result(timeout=1800)
    name = f"{parent}/repositories/demo"
    assert (made.name, made.format_) == (name, ar.Repository.Format.PYTHON)
    assert made.mode == ar.Repository.Mode.STANDARD_REPOSITORY and not made.create_time
    assert isinstance(operation.metadata, ar.OperationMetadata)

    got = registry.get_repository(name=name)
    assert got.create_time and got.registry_uri.endswith("/demo")
    assert got.cleanup_policies["old"].condition.older_than.total_seconds() == 86400
    assert got.cleanup_policies["old"].action == ar.CleanupPolicy.Action.DELETE
    scanning = ar.Repository.VulnerabilityScanningConfig.EnablementState
    assert got.vulnerability_scanning_config.enablement_state == scanning.SCANNING_DISABLED

    got.description = "Second"
    changed = registry.update_repository(
        repository=got, update_mask=field_mask_pb2.FieldMask(paths=["description"]))
    assert changed.description == "Second" and changed.labels == {"a": "b"}

    for n in range(4):
        registry.create_repository(
            parent=parent, repository_id=f"more-{n}",
            repository=ar.Repository(format_=ar.Repository.Format.NPM)).result(timeout=1800)
    request = ar.ListRepositoriesRequest(parent=parent, page_size=2)
    pages = [len(page.repositories) for page in registry.list_repositories(request=request).pages]
    assert pages == [2, 2, 1]

    assert registry.delete_repository(name=name).result(timeout=1800) is not None
    with pytest.raises(exceptions.NotFound, match="Requested entity was not found."):
        registry.get_repository(name=name)


def test_refusals(registry, parent):
    python = ar.Repository(format_=ar.Repository.Format.PYTHON)
    registry.create_repository(parent=parent, repository_id="taken", repository=python)
    with pytest.raises(exceptions.Conflict):
        registry.create_repository(parent=parent, repository_id="taken", repository=python)
    with pytest.raises(exceptions.BadRequest) as caught:
        registry.create_repository(parent=parent, repository_id="Not-Good", repository=python)
    assert caught.value.details[0]["fieldViolations"][0]["field"] == "repository_id"
    with pytest.raises(exceptions.Forbidden) as caught:
        registry.list_repositories(parent=f"projects/{fresh()}/locations/us")
    assert caught.value.reason == "CONSUMER_INVALID"


def test_repository_policies(registry, parent):
    name = f"{parent}/repositories/r"
    registry.create_repository(
        parent=parent, repository_id="r",
        repository=ar.Repository(format_=ar.Repository.Format.PYTHON)).result(timeout=1800)
    policy = registry.get_iam_policy(request=iam_policy_pb2.GetIamPolicyRequest(
        resource=name, options=options_pb2.GetPolicyOptions(requested_policy_version=3)))
    policy.version = 3
    policy.bindings.add(role="roles/artifactregistry.writer", members=["user:a@example.com"])
    written = registry.set_iam_policy(
        request=iam_policy_pb2.SetIamPolicyRequest(resource=name, policy=policy))
    assert written.bindings[0].members == ["user:a@example.com"]
    with pytest.raises(exceptions.Conflict):
        registry.set_iam_policy(
            request=iam_policy_pb2.SetIamPolicyRequest(resource=name, policy=policy))
    held = registry.test_iam_permissions(request=iam_policy_pb2.TestIamPermissionsRequest(
        resource=name, permissions=["artifactregistry.repositories.get", "no.such.one"]))
    assert held.permissions == ["artifactregistry.repositories.get"]


def test_locations(registry, parent, project):
    listed = registry.list_locations(
        request=locations_pb2.ListLocationsRequest(name=f"projects/{project}"))
    assert parent in [location.name for location in listed.locations]
    one = registry.get_location(request=locations_pb2.GetLocationRequest(name=parent))
    assert one.location_id == "europe-west1"


def test_projects(client):
    projects = client(crm.ProjectsClient)
    id = fresh("p")
    made = projects.create_project(project=crm.Project(
        project_id=id, display_name="A name", parent="folders/5")).result(timeout=1800)
    assert (made.project_id, made.state) == (id, crm.Project.State.ACTIVE)
    name = f"projects/{id}"
    got = projects.get_project(name=name)
    assert got.name == made.name and got.create_time
    got.display_name = "Another"
    changed = projects.update_project(
        project=got, update_mask=field_mask_pb2.FieldMask(paths=["display_name"])).result(timeout=1800)
    assert changed.display_name == "Another"
    assert id in [p.project_id for p in projects.list_projects(parent="folders/5")]
    assert [p.project_id for p in projects.search_projects(query=f"projectId:{id}")] == [id]
    moved = projects.move_project(name=name, destination_parent="folders/6").result(timeout=1800)
    assert moved.parent == "folders/6"
    policy = projects.get_iam_policy(resource=name)
    policy.bindings.append(
        policy_pb2.Binding(role="roles/viewer", members=["user:a@example.com"]))
    written = projects.set_iam_policy(
        request=iam_policy_pb2.SetIamPolicyRequest(resource=name, policy=policy))
    assert len(written.bindings) == 2
    held = projects.test_iam_permissions(
        resource=name, permissions=["resourcemanager.projects.get"])
    assert held.permissions == ["resourcemanager.projects.get"]
    gone = projects.delete_project(name=name).result(timeout=1800)
    assert gone.state == crm.Project.State.DELETE_REQUESTED
    projects.undelete_project(name=name).result(timeout=1800)
    with pytest.raises(exceptions.Forbidden):
        projects.get_project(name=f"projects/{fresh()}")


def test_services(client, project):
    services = client(su.ServiceUsageClient)
    name = f"projects/{project}/services/run.googleapis.com"
    made = services.enable_service(request=su.EnableServiceRequest(name=name)).result(timeout=1800)
    assert made.service.state == su.State.ENABLED
    assert services.get_service(request=su.GetServiceRequest(name=name)).config.title
    listed = services.list_services(request=su.ListServicesRequest(
        parent=f"projects/{project}", filter="state:ENABLED", page_size=3))
    assert "run.googleapis.com" in [service.config.name for service in listed]
    batch = services.batch_enable_services(request=su.BatchEnableServicesRequest(
        parent=f"projects/{project}", service_ids=["dns.googleapis.com"])).result(timeout=1800)
    assert [service.state for service in batch.services] == [su.State.ENABLED]
    got = services.batch_get_services(request=su.BatchGetServicesRequest(
        parent=f"projects/{project}", names=[name]))
    assert len(got.services) == 1
    gone = services.disable_service(request=su.DisableServiceRequest(name=name)).result(timeout=1800)
    assert gone.service.state == su.State.DISABLED


def test_credentials(client, account):
    answer = client(iamcredentials.IAMCredentialsClient).generate_access_token(
        name=f"projects/-/serviceAccounts/{account}", scope=[SCOPE])
    assert answer.access_token.startswith("arctlsbx.") and answer.expire_time


def test_the_admin_client_has_no_rest():
    """If this fails, google-cloud-iam supports REST: test accounts, keys and roles with it."""
    with pytest.raises(KeyError):
        iam_admin_v1.IAMClient.get_transport_class("rest")
