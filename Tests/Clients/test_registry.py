"""Artifact Registry v1: settings of projects, and the lists of formats without uploads."""

import pytest
from support.clients import expect_failure

PLACE = "europe-west1"


@pytest.fixture
def registry(owner):
    return owner.registry


def test_project_settings(registry, project):
    name = f"projects/{project}/projectSettings"
    assert registry.getProjectSettings(name=name).execute() == {
        "name": name, "legacyRedirectionState": "REDIRECTION_FROM_GCR_IO_DISABLED"}

    def update(mask, **body):
        return registry.updateProjectSettings(name=name, updateMask=mask, body=body)

    changed = update(
        "legacy_redirection_state", legacyRedirectionState="REDIRECTION_FROM_GCR_IO_ENABLED",
        pullPercent=5).execute()
    assert changed == registry.getProjectSettings(name=name).execute() == {
        "name": name, "legacyRedirectionState": "REDIRECTION_FROM_GCR_IO_ENABLED"}
    assert update("pullPercent", pullPercent=5).execute()["pullPercent"] == 5
    for request in [
            update("pullPercent", pullPercent=101), update("colour"),
            update("legacyRedirectionState", legacyRedirectionState="OFF"),
            update("pullPercent", colour="red")]:
        expect_failure(request, 400, "INVALID_ARGUMENT")
    final = "REDIRECTION_FROM_GCR_IO_FINALIZED"
    update("legacyRedirectionState", legacyRedirectionState=final).execute()
    expect_failure(
        update("legacyRedirectionState", legacyRedirectionState="REDIRECTION_FROM_GCR_IO_DISABLED"),
        400, "FAILED_PRECONDITION")


def test_project_config(registry, project):
    locations = registry.locations()
    name = f"projects/{project}/locations/{PLACE}/projectConfig"
    assert locations.getProjectConfig(name=name).execute() == {"name": name}
    logs = {"loggingState": "ENABLED", "severityLevel": "ERROR"}
    changed = locations.updateProjectConfig(
        name=name, updateMask="platformLogsConfig", body={"platformLogsConfig": logs}).execute()
    assert changed == locations.getProjectConfig(name=name).execute() == {
        "name": name, "platformLogsConfig": logs}
    other = name.replace(PLACE, "us")
    assert locations.getProjectConfig(name=other).execute() == {"name": other}
    expect_failure(
        locations.getProjectConfig(name=name.replace(PLACE, "moon-1")), 403, "PERMISSION_DENIED")


def test_vpcsc_config(registry, project):
    locations = registry.locations()
    name = f"projects/{project}/locations/{PLACE}/vpcscConfig"
    assert locations.getVpcscConfig(name=name).execute() == {"name": name, "vpcscPolicy": "DENY"}
    # `gcloud artifacts vpcsc-config allow` sends no mask.
    changed = locations.updateVpcscConfig(name=name, body={"vpcscPolicy": "ALLOW"}).execute()
    assert changed == locations.getVpcscConfig(name=name).execute() == {
        "name": name, "vpcscPolicy": "ALLOW"}


@pytest.mark.parametrize("collection,format", [
    ("dockerImages", "DOCKER"), ("mavenArtifacts", "MAVEN"), ("npmPackages", "NPM")])
def test_lists_without_uploads(owner, project, collection, format):
    parent = f"projects/{project}/locations/{PLACE}"
    owner.finish_repository(owner.repositories.create(
        parent=parent, repositoryId="lib", body={"format": format}).execute())
    client = getattr(owner.repositories, collection)()
    name = f"{parent}/repositories/lib"
    assert client.list(parent=name, pageSize=10).execute() == {}
    expect_failure(client.get(name=f"{name}/{collection}/x"), 404, "NOT_FOUND")
    expect_failure(client.list(parent=f"{name}2"), 404, "NOT_FOUND")
