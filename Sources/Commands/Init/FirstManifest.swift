import Manifests

/// The answers that a first manifest needs.
struct InitAnswers: Sendable, Hashable {
  var project: String
  var location: String
  /// As manifests write it: `python`.
  var format: String
}

/// The text of the manifest that `arctl init` writes: the smallest useful set, with the meaning of each document.
struct FirstManifest: Sendable {
  let answers: InitAnswers

  static let folder = LoadOptions.defaultFolder
  static let path = "\(folder)/registry.yaml"

  /// The id of the repository; a docker repository holds images.
  var repository: String {
    answers.format == "docker" ? "docker-images" : "\(answers.format)-packages"
  }

  var text: String { documents.joined(separator: "---\n") }

  private var documents: [String] { [stack, project, packages, account] }

  private var stack: String {
    """
    # The Stack holds the settings of this set of manifests. `defaults` apply to all other documents. Service account keys
    # need a Stack: its name is part of the folder of their files.
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: registry}
    spec:
      defaults: {project: \(answers.project), location: \(answers.location)}

    """
  }

  private var project: String {
    """
    # An existing project, and the services to enable in it. arctl creates a project only if it has a `parent`.
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: \(answers.project)}
    spec:
      services: [artifactregistry.googleapis.com, iam.googleapis.com]

    """
  }

  private var packages: String {
    """
    # A repository, and who can use it. `iam` adds members to roles; members that are not written here stay.
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: \(repository)}
    spec:
      format: \(answers.format)
      description: Created by arctl
      iam:
        - role: roles/artifactregistry.writer
          members: [serviceAccount:uploader]
        # Who can read: a Google group, a user, or an account as above.
        # - role: roles/artifactregistry.reader
        #   members: [group:developers@example.com]

    """
  }

  private var account: String {
    """
    # The account that uploads. A key for it: arctl explain ServiceAccountKey
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: uploader}
    spec: {displayName: Uploads packages}

    """
  }
}
