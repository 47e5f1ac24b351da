/// Errors between the documents of a set.
extension DiagnosticPage {
  static let duplicateResource = DiagnosticPage(
    "resource declared twice",
    meaning:
      "Two documents declare the same resource. Manifests have no order, so neither of the two can take precedence.",
    example: .stack([], onlyRepository, onlyRepository),
    remedy:
      "Remove one, or move all fields into one document. Grants can be in several documents: arctl merges IAMBinding "
      + "documents of the same policy.")

  static let danglingReference = DiagnosticPage(
    "dangling reference",
    meaning: "A short reference names a resource that no document of the set declares.",
    example: .stack(
      [], onlyRepository,
      """
      apiVersion: arctl.dev/v1
      kind: IAMBinding
      metadata: {name: uploader-writes}
      spec:
        resource: repository/libs
        role: roles/artifactregistry.writer
        members: [serviceAccount:uploader]
      """),
    remedy:
      "Declare the resource. If it is managed elsewhere, write its full name: an account's e-mail, or "
      + "`projects/P/locations/L/repositories/ID`.")

  static let ambiguousReference = DiagnosticPage(
    "ambiguous reference",
    meaning: "A short reference matches several declared resources in different locations.",
    example: .stack(
      [], onlyRepository, onlyRepository.replacing("python", with: "python, location: europe"),
      """
      apiVersion: arctl.dev/v1
      kind: IAMBinding
      metadata: {name: developers-read}
      spec:
        project: my-project-id
        resource: repository/libs
        role: roles/artifactregistry.reader
        members: [group:developers@example.com]
      """),
    remedy: "Add the location: `repository/LOCATION/ID`. The message lists the candidates.")

  static let referenceCycle = DiagnosticPage(
    "reference cycle",
    meaning:
      "Each of these resources refers to the next one, and the last refers to the first, so none of them can be created "
      + "first.",
    example: .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: all}
      spec:
        project: my-project-id
        location: us-east4
        format: python
        mode: virtual
        virtualRepositoryConfig:
          upstreamPolicies: [{id: more, repository: more}]
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: more}
      spec:
        project: my-project-id
        location: us-east4
        format: python
        mode: virtual
        virtualRepositoryConfig:
          upstreamPolicies: [{id: all, repository: all}]

      """),
    remedy: "Remove one of the references; the message shows the whole cycle.")

  static let severalStacks = DiagnosticPage(
    "several Stacks",
    meaning:
      "A set has at most one Stack: it names the set, and its settings apply to all documents.",
    example: .stack(
      [],
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: others}
      """, onlyRepository),
    remedy:
      "Keep one Stack. Put sets that are planned separately into separate folders: `arctl plan FOLDER`."
  )

  static let stackRequired = DiagnosticPage(
    "missing Stack",
    meaning:
      "A service account key is marked with the name of its set, so that every machine recognizes the key without a state "
      + "file. The Stack holds this name. A key with `origin: external` needs none: its id says which key it is.",
    example: .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: ServiceAccount
      metadata: {name: uploader}
      spec: {project: my-project-id}
      ---
      apiVersion: arctl.dev/v1
      kind: ServiceAccountKey
      metadata: {name: uploader-key}
      spec:
        project: my-project-id
        serviceAccount: uploader
        destination: {file: uploader-key.json}

      """),
    remedy:
      "Add a document with `kind: Stack` and `metadata: {name: ...}`. Do not change the name later: another name means other "
      + "keys."
  )

  static let bindingConflict = DiagnosticPage(
    "conflicting grants",
    meaning:
      "Two entries contradict each other: a member is both in `members` and in `absent`, or an entry adds a member to a grant "
      + "that another entry makes `exclusive`. `exclusive: role` applies to all entries of its role on the policy, so all of "
      + "them that list members must set it.",
    example: .repository(
      "format: python", "iam:", "  - role: roles/artifactregistry.reader",
      "    members: [user:ana@example.com]", "    absent: [user:ana@example.com]"),
    remedy: "Keep one of the two; the message shows both places.")

  static let refersToAbsent = DiagnosticPage(
    "reference to a deleted resource",
    meaning:
      "A document refers to a resource that another document declares with `ensure: absent`.",
    example: .stack(
      [],
      """
      apiVersion: arctl.dev/v1
      kind: ServiceAccount
      metadata: {name: uploader}
      lifecycle: {ensure: absent}
      """,
      """
      apiVersion: arctl.dev/v1
      kind: ServiceAccountKey
      metadata: {name: uploader-key}
      spec:
        serviceAccount: uploader
        destination: {file: uploader-key.json}
      """),
    remedy:
      "Remove the reference, or keep the resource. Grants to a deleted account are removed with it."
  )

  static let outsideProjects = DiagnosticPage(
    "project outside of --projects",
    meaning:
      "`--projects GLOB` limits a run to some projects, and a manifest names a resource in another project. The whole run "
      + "is refused, so that the option cannot hide a part of the set.",
    example: .output("error[AR0148]: `other/repository/us/libs` is outside of --projects my-*"),
    remedy: "Widen the glob, or leave the document out of the paths.")

  static let selectionEmpty = DiagnosticPage(
    "selection matches nothing",
    meaning:
      "A glob of `--target` or `--exclude` matches no declared address, or the `role=`, `member=` and `condition=` of an "
      + "`--exclude` match no declared grant. Or a hazard flag names a project that is not in the manifests. If its project "
      + "is right but nothing in the plan matches, the flag causes only a warning. For `arctl ls`: no declared repository or project "
      + "matches.",
    example: .output(
      """
      error[AR0149]: `repository/us/lib` matches nothing that the manifests declare
         = help: did you mean `repository/us/libs`?
      """),
    remedy:
      "`arctl plan --show unchanged` lists all addresses. `*` matches within one segment, `**` across segments."
  )

  static let lint = DiagnosticPage(
    "probable mistake",
    meaning:
      "The manifest is valid, but probably a mistake: for example a mirror with priority over your own packages, a cleanup "
      + "policy that deletes packages of any age, or labels that change nothing.",
    example: .repository("format: python", "labels: {}"),
    remedy: "The message says what to write instead. This is a warning: plan and apply continue.")

  static let dependencyConfusion = DiagnosticPage(
    "own packages and a public registry in one index",
    meaning:
      "A virtual repository serves own packages together with a mirror of a public registry. Its index lists the versions of "
      + "all upstreams, and a client without further settings installs the highest one. A stranger's package with the name of "
      + "one of yours and a higher version is then installed instead. Priorities decide only between equal versions.",
    example: .stack(
      [],
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: own}
      spec: {format: python}
      """,
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: mirror}
      spec:
        format: python
        mode: remote
        remoteRepositoryConfig: {pythonRepository: {publicRepository: pypi}}
      """,
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: all}
      spec:
        format: python
        mode: virtual
        virtualRepositoryConfig:
          upstreamPolicies:
            - {id: own, repository: own, priority: 100}
            - {id: mirror, repository: mirror, priority: 10}
      """),
    remedy:
      "Let clients name the source of each own package, serve own packages from an index without the mirror, or register "
      + "their names in the public registry (docs/dependency-confusion.md). This is a warning: plan and apply continue."
  )

  static let badKeyTimes = DiagnosticPage(
    "invalid key times",
    meaning:
      "A key must be replaced, disabled and deleted before it expires: `rotateAfter` plus twice `overlap` must be less than "
      + "`expires`.",
    example: .stack(
      [],
      """
      apiVersion: arctl.dev/v1
      kind: ServiceAccount
      metadata: {name: uploader}
      """,
      """
      apiVersion: arctl.dev/v1
      kind: ServiceAccountKey
      metadata: {name: uploader-key}
      spec:
        serviceAccount: uploader
        destination: {file: uploader-key.json}
        expires: 30d
        rotateAfter: 29d
      """),
    remedy: "Increase `expires`, or decrease `rotateAfter`.")

  static let stackOverlap = DiagnosticPage(
    "two stacks declare the same",
    meaning:
      "This set and a set of `--also` declare the same field of a resource, the same key, or grants that contradict each other. "
      + "Each apply would undo what the other one does. Equal values are refused too, because one of them may change; only equal "
      + "values of a field that is fixed once created are accepted.",
    example: .output(
      "error[AR0156]: `labels.team` of `acme-hub/project` is declared in two stacks"
    ),
    remedy:
      "Keep the declaration in one of the two; the message shows both places. To move a key to another Stack, write `formerly` in "
      + "its new document and remove the old one.")
}
