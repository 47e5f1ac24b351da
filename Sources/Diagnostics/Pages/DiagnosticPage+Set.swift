/// The documents of a set together.
extension DiagnosticPage {
  static let duplicateResource = DiagnosticPage(
    "resource declared twice",
    "Two documents declare the same resource. Which fields hold would depend on an order that manifests do not have.",
    .stack([], onlyRepository, onlyRepository),
    remedy:
      "Remove one, or put all fields into one document. Grants may be spread: IAMBinding documents of the same "
      + "policy add up.")

  static let danglingReference = DiagnosticPage(
    "reference to nothing",
    "A short reference names something that no document of the set declares.",
    .stack(
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
      "Declare it, or, where it is managed elsewhere, write its full name: an account's e-mail, "
      + "`projects/P/locations/L/repositories/ID`.")

  static let ambiguousReference = DiagnosticPage(
    "ambiguous reference",
    "A short reference fits several declared resources, in different locations.",
    .stack(
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
    remedy: "Say which: `repository/LOCATION/ID`. The message lists the candidates.")

  static let referenceCycle = DiagnosticPage(
    "references in a circle",
    "Each of these resources refers to the next and the last one to the first, so none can be made first.",
    .manifest(
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
    remedy: "Take one of the references out; the whole way round is shown.")

  static let severalStacks = DiagnosticPage(
    "several Stacks",
    "A set has at most one Stack: it names the set, and its settings hold for all of it.",
    .stack(
      [],
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: others}
      """, onlyRepository),
    remedy: "Keep one. Sets that are planned apart belong into folders apart: `arctl plan FOLDER`.")

  static let stackRequired = DiagnosticPage(
    "a Stack is needed",
    "A service-account key is marked with the name of its set, so that it is known on every machine without a state "
      + "file. Without a Stack there is no such name.",
    .manifest(
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
      "Add a document `kind: Stack`, `metadata: {name: ...}`, and keep its name: another name means other keys."
  )

  static let bindingConflict = DiagnosticPage(
    "grants in conflict",
    "Two places say different things of the same grant: a member that is to be there and to be absent, or a member that is "
      + "added beside entries that hold exactly their members. `exclusive: role` counts for all entries of its role on the "
      + "policy, so all that name members say it.",
    .repository(
      "format: python", "iam:", "  - role: roles/artifactregistry.reader",
      "    members: [user:ana@example.com]", "    absent: [user:ana@example.com]"),
    remedy: "Keep one of the two; both places are shown.")

  static let refersToAbsent = DiagnosticPage(
    "reference to something that goes",
    "A document refers to a resource that another one declares `ensure: absent`.",
    .stack(
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
      "Remove the reference, or let the resource stay. Grants to an account that goes are removed with it."
  )

  static let outsideProjects = DiagnosticPage(
    "outside of --projects",
    "`--projects GLOB` confines a run to some projects, and a manifest names something in another one. The run is "
      + "refused as a whole, so that the option cannot hide a part of the set.",
    .output("error[AR0148]: `other/repository/us/libs` is outside of --projects my-*"),
    remedy: "Widen the glob, or leave the document out of the paths that are read.")

  static let selectionEmpty = DiagnosticPage(
    "selection of nothing",
    "A glob of `--target` or `--exclude` matches none of the declared addresses, so it would do nothing or leave nothing out. "
      + "Or no declared grant agrees with the `role=`, `member=` and `condition=` of an `--exclude`. "
      + "Or a flag that allows a hazard names a project that is not in the manifests; where the project is right and nothing "
      + "in the plan matches, it is a warning.",
    .output(
      """
      error[AR0149]: `repository/us/lib` selects nothing that the manifests declare
         = help: did you mean `repository/us/libs`?
      """),
    remedy:
      "`arctl plan --show unchanged` lists all addresses. `*` stays within one segment, `**` crosses them."
  )

  static let lint = DiagnosticPage(
    "probably not what is meant",
    "What is written is allowed and probably not what is meant: a mirror that is asked before own packages, a cleanup rule "
      + "that deletes without an age, labels that change nothing.",
    .repository("format: python", "labels: {}"),
    remedy: "The message says what to write instead. It is a warning: plan and apply go on.")

  static let badKeyTimes = DiagnosticPage(
    "times of a key",
    "A key must be replaced, then disabled, then deleted before it expires: `rotateAfter` and twice `overlap` must be less "
      + "than `expires`.",
    .stack(
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
    remedy: "Let the key live longer, or rotate it sooner.")
}
