"""Organisation policies v2: which constraints about keys are in force, as a plan asks before it makes one."""

import pytest
from support.clients import expect_failure


@pytest.fixture
def policies(owner):
    return owner._api("orgpolicy", "v2").projects().policies()


def test_the_effective_policy_of_a_constraint(policies, project):
    name = "iam.disableServiceAccountKeyUpload"
    policy = policies.getEffectivePolicy(name=f"projects/{project}/policies/{name}").execute()
    assert policy["name"].endswith(f"/policies/{name}")
    assert policy["spec"]["rules"] == [{"enforce": False}]


def test_an_unknown_constraint(policies, project):
    expect_failure(
        policies.getEffectivePolicy(name=f"projects/{project}/policies/iam.noSuchConstraint"), 404, "NOT_FOUND")
