"""What `arctl graph` draws, read by other programs: DOT by pydot and by Graphviz itself."""

import json
import os
import random
import re
import subprocess

import pydot
import pytest

from support.manifests import VERSION, arctl, text
from support.process import ROOT

SEED = int(os.environ.get("GRAPH_SEED", random.SystemRandom().randrange(1 << 32)))

EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())

PIECES = [
    '"', "]", "[", "\\", "%%", "%%{init: {}}%%", "<script>alert(1)</script>", "&quot;", "&amp;lt;", "#34;", "`", "|", "-->",
    "end", "subgraph", ";", "}", "{", "->", "\\l", "\\N", "style: #a;", "/*", "*/", "//", "click n1", "é", "🧨", " ", "a", "0",
]


def drawn(*words) -> pydot.Dot:
    """The one graph in what arctl prints as DOT; Graphviz must find as many nodes and edges in it."""
    printed = arctl("graph", "--output", "dot", "--quiet", *words)
    graphs = pydot.graph_from_dot_data(printed)
    assert graphs is not None and len(graphs) == 1, printed
    done = subprocess.run(["dot", "-Tplain"], input=printed, text=True, capture_output=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr + printed
    kinds = [line.split()[0] for line in re.sub(r"\\\n", "", done.stdout).splitlines()]
    assert kinds.count("graph") == 1
    assert kinds.count("node") == len(nodes(graphs[0])), printed
    assert kinds.count("edge") == len(graphs[0].get_edges()), printed
    return graphs[0]


def nodes(graph) -> list[str]:
    own = [node.get_name() for node in graph.get_nodes() if node.get_name() not in ["graph", "node", "edge"]]
    return own + [name for inner in graph.get_subgraphs() for name in nodes(inner)]


@pytest.mark.parametrize("options", [[], ["--access"]], ids=["order", "access"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_graphviz_reads_the_pictures_of_the_examples(example, options):
    folder = example / "manifests" if (example / "manifests").is_dir() else example
    graph = drawn(*options, str(folder))
    assert len(nodes(graph)) >= 2
    assert arctl("graph", "--quiet", *options, str(folder)) == arctl(
        "graph", "--quiet", *options, str(folder))


def test_the_order_follows_every_dependency(tmp_path):
    """Whoever follows the arrows of the organisation's picture meets the project first, then its repositories."""
    graph = drawn(str(ROOT / "examples/organisation/manifests"))
    labels = {}

    def collect(inner):
        for node in inner.get_nodes():
            if "label" in node.get_attributes():
                labels[node.get_name()] = " ".join(node.get("label").strip('"').split("\\n")[:2])
        for subgraph in inner.get_subgraphs():
            collect(subgraph)

    collect(graph)
    edges = {(labels[edge.get_source()], labels[edge.get_destination()]) for edge in graph.get_edges()}
    # No arrow follows from two others.
    assert not [(a, c) for a, b in edges for b2, c in edges if b == b2 and (a, c) in edges]

    def after(start):
        reached, queue = set(), [start]
        while queue:
            here = queue.pop()
            for source, target in edges:
                if source == here and target not in reached:
                    reached.add(target)
                    queue.append(target)
        return reached

    assert {"repository europe/python", "iam repository/europe/python"} <= after("repository europe/python-own")
    assert "repository europe/python-own" not in after("repository europe/python")


def test_hostile_texts_do_not_leave_their_quotes(tmp_path):
    """`GRAPH_SEED` repeats a run."""
    rng = random.Random(SEED)
    print(f"GRAPH_SEED={SEED}")

    def hostile(number: int) -> str:
        # The number, as members with the same condition, in whatever spelling, share an arrow.
        return "".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 9))) + f"x{number}"

    for _ in range(25):
        grants = [{
            "role": "roles/artifactregistry.reader", "members": [f"user:u{number}@example.com"],
            "condition": {"title": hostile(number), "expression": "request.time < timestamp('2099-01-01T00:00:00Z')"},
        } for number in range(3)]
        manifest = tmp_path / "registry.yaml"
        manifest.write_text(text({
            "apiVersion": VERSION, "kind": "Repository", "metadata": {"name": "libs"},
            "spec": {"project": "my-project-id", "location": "us", "format": "python",
                     "iam": json.loads(json.dumps(grants, ensure_ascii=False).replace("${", "$${"))}}))
        graph = drawn("--access", str(manifest))
        # Three people, a repository, a remark; one arrow each.
        assert len(nodes(graph)) == 5 and len(graph.get_edges()) == 3, f"GRAPH_SEED={SEED}"
        mermaid = arctl("graph", "--access", str(manifest))
        assert "%" not in mermaid and mermaid.count("-.->") == 3, f"GRAPH_SEED={SEED}\n{mermaid}"
        for line in mermaid.splitlines():
            assert line.count('"') in [0, 2], f"GRAPH_SEED={SEED}\n{line}"
