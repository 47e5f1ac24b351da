/// Documents and their values.
extension DiagnosticPage {
  static let notADocument = DiagnosticPage(
    "not a document",
    "What stands here is no document of the manifest language, or one of a version that this arctl does not read.",
    .manifest(
      """
      apiVersion: v1
      kind: Repository
      metadata: {name: libs}

      """),
    remedy:
      "Begin with `apiVersion: arctl.dev/v1`, `kind` and `metadata`. Files of other tools do not belong "
      + "into the folder of the manifests.")

  static let unknownKind = DiagnosticPage(
    "unknown kind",
    "The document's `kind` is none that arctl knows. Kinds are written as they are listed, with capitals, and "
      + "cannot come from a variable.",
    .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repo
      metadata: {name: libs}

      """),
    remedy: "`arctl explain` lists the kinds.")

  static let missingField = DiagnosticPage(
    "missing field",
    "A field that must be written is not. A project or a location may be missing in the document when the "
      + "Stack's `defaults` or the command line supply it.",
    .repository("description: of which format?"),
    remedy:
      "Write the field; the message says in which form. `arctl explain KIND` marks what is required."
  )

  static let wrongType = DiagnosticPage(
    "wrong type",
    "The value is of another type than the field: a list where a map is due, `yes` where `true` or `false` is, a "
      + "quoted number, a duration without its unit.",
    .repository("format: python", "cleanupPolicyDryRun: yes"),
    remedy: "Write the value as the message says. Durations are `30d`, `12h`, `45m` or `2592000s`.")

  static let badEnumValue = DiagnosticPage(
    "not one of the values",
    "The field takes one of a few values, and this is none of them. Google's own names are taken too, in any case.",
    .repository("format: pyton"),
    remedy: "Take one of the listed values.")

  static let badName = DiagnosticPage(
    "bad name",
    "`metadata.name` breaks a rule of Google's for such names, or of arctl's for names that Google never sees "
      + "(IAMBinding, ServiceAccountKey, Stack). It is told here because the API would refuse it in the middle of an apply.",
    .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: My_Libs}
      spec: {project: my-project-id, location: us-east4, format: python}

      """),
    remedy:
      "The message says the rule. A repository's id takes lower-case letters, digits and hyphens, a letter "
      + "first; a service account's has 6 to 30 characters; a role's takes no hyphen.")

  static let badValue = DiagnosticPage(
    "bad value",
    "The value is of the right type and breaks a rule of the field: a label, an address, a number's range, the way "
      + "several fields go together.",
    .repository("format: python", "labels: {Team: web}"),
    remedy: "The message says the rule; `arctl explain KIND.FIELD` says what the field is for.")

  static let badMember = DiagnosticPage(
    "bad member",
    "A member of a binding is not in a form that IAM takes. Members are `user:E-MAIL`, `group:E-MAIL`, "
      + "`serviceAccount:NAME` or its e-mail, `domain:DOMAIN`, `principal://...`, `principalSet://...`, `allUsers` "
      + "and `allAuthenticatedUsers`.",
    .repository(
      "format: python", "iam:", "  - role: roles/artifactregistry.reader",
      "    members: [ana@example.com]"),
    remedy:
      "Put the prefix before the address. Members that begin with `deleted:` are Google's to write."
  )

  static let badRole = DiagnosticPage(
    "bad role",
    "A role is not in a form that IAM takes, or a custom role of one project is granted in another, which IAM "
      + "refuses.",
    .repository(
      "format: python", "iam:", "  - role: projects/other-project/roles/publisher",
      "    members: [user:ana@example.com]"),
    remedy:
      "Roles are `roles/SERVICE.NAME`, `projects/P/roles/ID`, `organizations/N/roles/ID`, or the bare name of "
      + "a Role of the set.")

  static let nullNotAllowed = DiagnosticPage(
    "nothing where a value is due",
    "`null`, `~` and an empty value reset a field to Google's default. This one is required or cannot be changed, so "
      + "there is nothing that it could be reset to; or it is an element of a list or set, which is removed by removing "
      + "its line.",
    .repository("format:"),
    remedy: "Write a value, or remove the line.")

  static let secretInManifest = DiagnosticPage(
    "secret in a manifest",
    "A private key, an access token or a password stands in a manifest or in a variable. The value is not shown. "
      + "Manifests are read by many and kept for ever in a repository's history.",
    .repository("format: python", "description: -----BEGIN PRIVATE KEY-----"),
    remedy:
      "Take it out of the file and of the repository's history, and revoke it: it counts as published. Passwords "
      + "of upstreams lie in Secret Manager and are named by `passwordSecretVersion`.")

  static let fieldConflict = DiagnosticPage(
    "fields in conflict",
    "Two things that are written cannot both hold: an `id` that differs from its key, two keys for one file, a "
      + "required variable with a default, an upstream of another format than its virtual repository.",
    .repository(
      "format: python", "cleanupPolicies:",
      "  old: {id: older, action: delete, condition: {olderThan: 90d}}"),
    remedy: "Remove one of the two.")

  static let outputOnlyField = DiagnosticPage(
    "field that Google sets",
    "The field is part of Google's resource and is only ever returned, never taken.",
    .repository("format: python", "sizeBytes: 0"),
    remedy: "Remove it. This happens with documents that were copied from an API's answer.")

  static let unknownLocation = DiagnosticPage(
    "location that arctl does not know",
    "The location is not in arctl's list. One that has the form of a region is a warning, as Google adds regions: should "
      + "it not exist, the API says so. One that is nearly a known location, or another product's, is an error.",
    .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: libs}
      spec: {project: my-project-id, location: us-east44, format: python}

      """),
    remedy: "Compare it with Google's list of locations of Artifact Registry.")
}
