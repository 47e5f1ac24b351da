/// Errors in a document and its values.
extension DiagnosticPage {
  static let notADocument = DiagnosticPage(
    "not a document",
    meaning:
      "This is not an arctl document, or its `apiVersion` is one that this version of arctl does not read.",
    example: .manifest(
      """
      apiVersion: v1
      kind: Repository
      metadata: {name: libs}

      """),
    remedy:
      "Begin each document with `apiVersion: arctl.dev/v1`, `kind` and `metadata`. Keep files of other tools out of the "
      + "manifests folder.")

  static let unknownKind = DiagnosticPage(
    "unknown kind",
    meaning:
      "arctl does not know the document's `kind`. Kinds are case-sensitive, and they cannot come from a variable.",
    example: .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repo
      metadata: {name: libs}

      """),
    remedy: "`arctl explain` lists the kinds.")

  static let missingField = DiagnosticPage(
    "missing field",
    meaning:
      "A required field is missing. The Stack's `defaults` or the command line can supply `project` and `location`.",
    example: .repository("description: of which format?"),
    remedy:
      "Add the field; the message says in which form. `arctl explain KIND` marks the required fields."
  )

  static let wrongType = DiagnosticPage(
    "wrong type",
    meaning:
      "The value does not have the type of the field: for example a list instead of a map, `yes` instead of `true`, a "
      + "quoted number, or a duration without a unit.",
    example: .repository("format: python", "cleanupPolicyDryRun: yes"),
    remedy: "Write the value as the message says. Durations are `30d`, `12h`, `45m` or `2592000s`.")

  static let badEnumValue = DiagnosticPage(
    "not an allowed value",
    meaning:
      "The field accepts only certain values, and this is not one of them. Google's own names for the values are accepted "
      + "too, in any case.",
    example: .repository("format: pyton"),
    remedy: "Use one of the listed values.")

  static let badName = DiagnosticPage(
    "invalid name",
    meaning:
      "`metadata.name` breaks Google's rules for such names, or arctl's rules for names that are not sent to Google "
      + "(IAMBinding, ServiceAccountKey, Stack). arctl checks it here, because the API would refuse it in the middle of "
      + "an apply.",
    example: .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: My_Libs}
      spec: {project: my-project-id, location: us-east4, format: python}

      """),
    remedy:
      "The message states the rule. A repository id has lower-case letters, digits and hyphens and begins with a letter; a "
      + "service account id has 6 to 30 characters; a role id has no hyphens.")

  static let badValue = DiagnosticPage(
    "invalid value",
    meaning:
      "The value has the right type, but breaks a rule of the field: the form of a label or an address, the range of a "
      + "number, or a rule about several fields together.",
    example: .repository("format: python", "labels: {Team: web}"),
    remedy: "The message states the rule; `arctl explain KIND.FIELD` describes the field.")

  static let badMember = DiagnosticPage(
    "invalid member",
    meaning:
      "A member of a binding is not in a form that IAM accepts. Members are `user:E-MAIL`, `group:E-MAIL`, "
      + "`serviceAccount:NAME` or its e-mail, `domain:DOMAIN`, `principal://...`, `principalSet://...`, `allUsers` "
      + "and `allAuthenticatedUsers`.",
    example: .repository(
      "format: python", "iam:", "  - role: roles/artifactregistry.reader",
      "    members: [ana@example.com]"),
    remedy:
      "Add the prefix before the address. Only Google writes members that begin with `deleted:`."
  )

  static let badRole = DiagnosticPage(
    "invalid role",
    meaning:
      "A role is not in a form that IAM accepts, or a custom role of one project is granted in another project, which IAM "
      + "refuses.",
    example: .repository(
      "format: python", "iam:", "  - role: projects/other-project/roles/publisher",
      "    members: [user:ana@example.com]"),
    remedy:
      "Roles are `roles/SERVICE.NAME`, `projects/P/roles/ID`, `organizations/N/roles/ID`, or the name of a "
      + "Role document of the set.")

  static let nullNotAllowed = DiagnosticPage(
    "value required",
    meaning:
      "`null`, `~` and an empty value reset a field to Google's default. This field is required or immutable, so it has no "
      + "default to reset to. Or it is an element of a list or set: to remove an element, remove its line.",
    example: .repository("format:"),
    remedy: "Write a value, or remove the line.")

  static let secretInManifest = DiagnosticPage(
    "secret in a manifest",
    meaning:
      "A manifest or a variable contains a private key, an access token or a password. arctl does not print the value. Many "
      + "people read manifests, and a repository's history keeps them forever.",
    example: .repository("format: python", "description: -----BEGIN PRIVATE KEY-----"),
    remedy:
      "Remove the secret from the file and from the repository's history, and revoke it: treat it as published. Store "
      + "passwords of upstreams in Secret Manager, and name them in `passwordSecretVersion`.")

  static let fieldConflict = DiagnosticPage(
    "conflicting fields",
    meaning:
      "Two settings contradict each other: for example an `id` that differs from its map key, two keys for one file, a "
      + "required variable with a default, or an upstream whose format differs from its virtual repository.",
    example: .repository(
      "format: python", "cleanupPolicies:",
      "  old: {id: older, action: delete, condition: {olderThan: 90d}}"),
    remedy: "Remove one of the two.")

  static let outputOnlyField = DiagnosticPage(
    "output-only field",
    meaning: "Google sets this field. The API returns it, but does not accept it.",
    example: .repository("format: python", "sizeBytes: 0"),
    remedy: "Remove the field. A common cause is a document copied from an API response.")

  static let unknownLocation = DiagnosticPage(
    "unknown location",
    meaning:
      "The location is not in arctl's list. If it has the form of a region, this is a warning, because Google adds regions; "
      + "the API refuses one that does not exist. A misspelt location, or a location of another product, is an error.",
    example: .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: libs}
      spec: {project: my-project-id, location: us-east44, format: python}

      """),
    remedy: "Check Google's list of Artifact Registry locations.")
}
