"""The manifests of the rows: how many documents, of which shape."""

HEAD = "apiVersion: arctl.dev/v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"
PER_FILE = 1000
SERVICES = "[artifactregistry.googleapis.com, iam.googleapis.com]"
PROJECT = "bench-project"
LOCATION = "us"


def document(kind: str, name: str, rest: str) -> str:
    return HEAD.format(kind=kind, name=name) + rest


def stack(defaults: str) -> str:
    return document("Stack", "bench", f"spec:\n  defaults: {{{defaults}}}\n")


def project(name: str, rest: str = "") -> str:
    return document("Project", name, f"spec:\n  services: {SERVICES}\n{rest}")


class Set:
    """Manifests in files, and what they declare."""

    def __init__(self, kind: str, count: int, projects: list[str], first: list[str], documents: list[str]):
        self.name = f"{kind}-{count}"
        self.count = count
        self.projects = projects
        parts = [documents[start:start + PER_FILE] for start in range(0, len(documents), PER_FILE)]
        self.files = {"stack.yaml": "---\n".join(first)}
        self.files |= {f"part-{n:03}.yaml": "---\n".join(part) for n, part in enumerate(parts)}
        # How many resources and policies an apply on an empty sandbox writes.
        self.writes = 0

    @property
    def bytes(self) -> int:
        return sum(len(text) for text in self.files.values())

    def write(self, folder):
        folder.mkdir(parents=True)
        for name, text in self.files.items():
            (folder / name).write_text(text)


def repository_name(n: int) -> str:
    return f"team-{n:05}-python"


def repository(n: int, rest: str = "") -> str:
    return document("Repository", repository_name(n), (
        f"spec:\n  format: python\n  description: Python packages of team {n:05}, mirrored nightly\n"
        f"  labels: {{team: team-{n:05}, tier: standard, cost-center: c{n:05}}}\n{rest}"))


def repositories(count: int) -> Set:
    """Repositories of one project in one location, about 220 bytes each, without policies."""
    made = Set(
        "repositories", count, [PROJECT], [stack(f"project: {PROJECT}, location: {LOCATION}"), project(PROJECT)],
        [repository(n) for n in range(count)])
    made.writes = 1 + count
    return made


def policies(count: int) -> Set:
    """The same repositories, each with a policy of two roles."""
    grants = (
        "  iam:\n  - role: roles/artifactregistry.reader\n    members: [group:team-{0:05}@example.com]\n"
        "  - role: roles/artifactregistry.writer\n    members: [user:lead-{0:05}@example.com]\n")
    made = Set(
        "policies", count, [PROJECT], [stack(f"project: {PROJECT}, location: {LOCATION}"), project(PROJECT)],
        [repository(n, grants.format(n)) for n in range(count)])
    made.writes = 1 + 2 * count
    return made


def organisation(count: int) -> Set:
    """Projects, each with ten repositories in three locations, six accounts, four keys, two services, thirty members."""
    projects = [f"acme-team-{n:02}" for n in range(count)]
    documents = []
    for name in projects:
        members = "".join(
            f"  - role: roles/{role}\n    members: ['group:{name}-{n}@example.com', 'user:{name}-{n}@example.com']\n"
            for n, role in enumerate([
                "viewer", "artifactregistry.reader", "artifactregistry.writer", "logging.viewer", "browser"]))
        documents.append(project(name, f"  iam:\n{members}"))
        for n in range(10):
            documents.append(document("Repository", f"packages-{n}", (
                f"spec:\n  project: {name}\n  location: {['us', 'europe', 'asia'][n % 3]}\n  format: python\n"
                f"  iam:\n  - role: roles/artifactregistry.reader\n"
                f"    members: ['group:{name}@example.com', 'group:{name}-{n}@example.com']\n")))
        for n in range(6):
            documents.append(document(
                "ServiceAccount", f"publisher-{n}", f"spec: {{project: {name}, displayName: Publisher {n}}}\n"))
        for n in range(4):
            documents.append(document("ServiceAccountKey", f"{name}-key-{n}", (
                f"spec:\n  project: {name}\n  serviceAccount: publisher-{n}\n"
                f"  destination: {{file: {name}-{n}.json}}\n")))
    made = Set("organisation", count, projects, [stack("location: us")], documents)
    # One call enables both services.
    made.writes = count * (1 + 1 + 2 * 10 + 6 + 4)
    return made


def empty(count: int) -> Set:
    """A project whose services are enabled, for requests that the benchmark sends itself."""
    return Set("empty", count, [PROJECT], [stack(f"project: {PROJECT}, location: {LOCATION}"), project(PROJECT)], [])


KINDS = {made.__name__: made for made in (repositories, policies, organisation, empty)}
