"""The tutorial's six steps, fresh, over a network: arctl and gcloud."""

import shutil

from support.measure import Sample, alternate, median, raw
from support.report import Row, Target
from support.tools import ROOT

ROWS = ["tutorial-wall", "tutorial-cpu", "tutorial-memory"]
PROJECT, ACCOUNT, LOCATION = "my-project-id", "uploader", "us-east4"
EMAIL = f"{ACCOUNT}@{PROJECT}.iam.gserviceaccount.com"
LATENCY = 50
# Generating a key takes 50 to 500 ms, by chance.
RUNS = 7
STEPS = [
    "services enable artifactregistry.googleapis.com",
    f"artifacts repositories create my-python-libraries --repository-format=python --location={LOCATION}",
    f"iam service-accounts create {ACCOUNT} --display-name=PyPI",
    f"projects add-iam-policy-binding {PROJECT} --member=serviceAccount:{EMAIL} --role=roles/artifactregistry.writer",
    f"iam service-accounts keys create key.json --iam-account={EMAIL}",
    f"artifacts repositories list --location={LOCATION}",
]


class Fresh:
    """A fresh sandbox for each run."""

    def __init__(self, bench):
        self.bench = bench
        self.folder = bench.folder / "tutorial"

    def run(self, action):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        with self.bench.sandbox(self.folder / "data", [PROJECT], LATENCY) as sandbox:
            return action(sandbox)

    def arctl(self, sandbox, verb, *options) -> Sample:
        return self.bench.runner.run(
            [self.bench.arctl, verb, *options, "--key-dir", self.folder / "keys", ROOT / "manifests"],
            environment=self.bench.environment(sandbox))

    def gcloud(self, sandbox) -> Sample:
        """All steps, added up. The proxy lets nothing out but requests to this machine."""
        apis = ("ARTIFACTREGISTRY", "CLOUDRESOURCEMANAGER", "IAM", "SERVICEUSAGE")
        # gcloud keeps tokens in its folder, which is therefore as fresh as the sandbox.
        environment = self.bench.environment(
            CLOUDSDK_CONFIG=str(self.folder / "gcloud"), CLOUDSDK_CORE_PROJECT=PROJECT,
            CLOUDSDK_CORE_DISABLE_PROMPTS="1", CLOUDSDK_CORE_DISABLE_USAGE_REPORTING="1",
            CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK="1", CLOUDSDK_SURVEY_DISABLE_PROMPTS="1",
            CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=str(sandbox.data / "owner.json"),
            CLOUDSDK_AUTH_TOKEN_HOST=f"{sandbox.url}/token", HTTPS_PROXY="http://127.0.0.1:9",
            HTTP_PROXY="http://127.0.0.1:9", NO_PROXY="127.0.0.1", no_proxy="127.0.0.1",
            **{f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}": f"{sandbox.url}/" for api in apis})
        taken = [
            self.bench.runner.run(["gcloud", *step.split()], environment=environment, folder=self.folder)
            for step in STEPS]
        return Sample(
            sum(one.wall for one in taken), sum(one.cpu for one in taken), max(one.peak for one in taken))


def measure(bench, wanted):
    fresh = Fresh(bench)
    actions = {
        "arctl": lambda: fresh.run(lambda sandbox: fresh.arctl(sandbox, "apply", "--auto-approve")),
        "plan": lambda: fresh.run(lambda sandbox: fresh.arctl(sandbox, "plan"))}
    has_gcloud = shutil.which("gcloud") is not None
    if has_gcloud:
        actions["gcloud"] = lambda: fresh.run(fresh.gcloud)
    results = alternate(actions, RUNS if bench.is_full else 1, warm_up=bench.is_full)
    reference = "the six commands with gcloud" if has_gcloud else "not measured: gcloud is not on the PATH"
    for name, of, what, limit in [
            ("tutorial-wall", "wall", f"the tutorial's steps, fresh, {LATENCY} ms per answer", 1 / 18),
            ("tutorial-cpu", "cpu", "their CPU", 1 / 60)]:
        if name in wanted:
            yield Row(
                name, what, median(results["arctl"], of), "s", reference,
                median(results["gcloud"], of) if has_gcloud else None, Target(limit), runs=raw(results))
    if "tutorial-memory" in wanted:
        peak = {name: median(results[name], "peak") / 2**20 for name in ("arctl", "plan")}
        yield Row(
            "tutorial-memory", "peak memory of their plan", peak["plan"], "MiB", target=Target(20, of="figure"),
            note=f"{peak['arctl']:.1f} MiB for the apply", runs=raw(results))
