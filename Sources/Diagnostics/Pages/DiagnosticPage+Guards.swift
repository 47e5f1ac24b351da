/// Guards: changes that a plan refuses until a flag allows them.
extension DiagnosticPage {
  static let deletionNotAllowed = DiagnosticPage(
    "deletion not allowed",
    meaning:
      "A deletion needs both `lifecycle.ensure: absent` in the manifest (or an authoritative scope) and a flag that names the "
      + "address. Removing a document from the manifests deletes nothing.",
    example: .output(
      """
      x serviceAccount/uploader   refused [AR0201]
          to allow it: --allow-delete my-project-id/serviceAccount/uploader
      """),
    remedy:
      "Check what else the deletion removes, then repeat the run with the flag. If an account may still be in use, set "
      + "`disabled: true` first and wait.")

  static let protected = DiagnosticPage(
    "protected",
    meaning:
      "`lifecycle.protect: true` or a glob in the Stack's `protect` forbids deleting or replacing this resource. No flag "
      + "overrides that.",
    example: .output("x repository/us-east4/releases   refused [AR0202]"),
    remedy: "Remove the protection in a separate, reviewed change, then delete the resource.")

  static let dataLoss = DiagnosticPage(
    "data loss",
    meaning:
      "The repository contains packages, and deleting or replacing it destroys them: Google keeps no copy. Deleting a "
      + "project destroys everything in it, including resources that no manifest declares. Replacing a resource also "
      + "deletes the resources within it; the row names those that the same plan does not recreate, because they are "
      + "undeclared, excluded or not created by arctl.",
    example: .output("to allow it: --allow-data-loss my-project-id/repository/us-east4/old-libs"),
    remedy: "Copy the contents that you need, then use this flag in addition to `--allow-delete`.")

  static let tooManyDeletions = DiagnosticPage(
    "too many deletions",
    meaning:
      "The plan deletes too many resources of one kind in one project: more than 3, and more than a quarter of the live "
      + "ones. A wrong path or a wrong variable is a common cause.",
    example: .output("to allow it: --max-deletes 12"),
    remedy:
      "If you want to delete all of them, raise the limit for this run. The Stack's `limits` can only lower the default."
  )

  static let tooManyRemovals = DiagnosticPage(
    "too many members removed",
    meaning:
      "`exclusive` would remove more than 5 members and more than a quarter of a policy's members, or the manifests remove "
      + "more than 50 members in one run (`absent`, `revoked`).",
    example: .output("to allow it: --max-removals 40"),
    remedy:
      "Check the members in the plan. If you want to remove all of them, raise the limit for this run."
  )

  static let cleanupNotAllowed = DiagnosticPage(
    "cleanup policy that deletes more",
    meaning:
      "The plan adds or widens a cleanup policy that deletes, or ends its dry run. From then on Google deletes packages "
      + "without a plan.",
    example: .output("to allow it: --allow-cleanup my-project-id/repository/us-east4/my-libraries"),
    remedy:
      "Keep `cleanupPolicyDryRun: true` for some days and check in the audit log what Google would delete. Then use the "
      + "flag.")

  static let immutableField = DiagnosticPage(
    "immutable field",
    meaning:
      "Google does not allow a change of this field after creation: for example a repository's format, location, mode, KMS "
      + "key or upstream. arctl never deletes and recreates a resource unless you allow it.",
    example: .output(
      """
      x repository/us/maven-old   refused [AR0207]
          ~ location   us -> europe-west1
          [AR0207] cannot be changed in place; replacing would delete 312 GB
          to allow it: lifecycle.allowReplace: true here, and
                       --allow-replace my-project-id/repository/us/maven-old
      """),
    remedy:
      "Restore the live value in the manifest, or declare a second resource under another name and migrate to it. Replacing "
      + "the resource needs `lifecycle.allowReplace: true` and the flag. A project is never replaced, because Google never "
      + "releases its id: move it manually, or declare a project with a new id.")

  static let lockout = DiagnosticPage(
    "lockout",
    meaning:
      "The plan removes your own direct right to set this policy, leaves a project with fewer than two direct owners, or "
      + "changes how this run signs in: the account, or the pool and provider in its credential file. Whether the run's "
      + "token fits another condition, mapping or issuer is not known, so any such change of that provider needs the flag; "
      + "and so does the removal of identities of that pool from a role by which the run may act. "
      + "arctl does not see rights through groups, folders and the organization.",
    example: .output("to allow it: --allow-lockout my-project-id/iam/project"),
    remedy: "Make sure that another person can undo the change, then use the flag.")

  static let privileged = DiagnosticPage(
    "grant of a privileged role",
    meaning:
      "The holder of this role can get more roles: as an owner, an editor, an IAM administrator, or a member that can act as "
      + "a service account or create its keys or tokens. Or a custom role gains such a permission.",
    example: .output("to allow it: --allow-privileged my-project-id/iam/project"),
    remedy:
      "Grant a smaller role, or grant it on a single repository or account instead of the project. If you want this grant, "
      + "use the flag in the run that makes it; later runs do not need it.")

  static let publicGrant = DiagnosticPage(
    "grant to everyone",
    meaning:
      "The member includes, or can include, anyone: `allUsers`, `allAuthenticatedUsers`, a consumer mail domain, "
      + "a whole identity pool or a provider without a condition.",
    example: .output(
      "to allow it: --allow-public my-project-id/iam/repository/us-east4/public-libs"),
    remedy:
      "Grant to groups or accounts. If a repository is public on purpose, use the flag in the run that makes the grant."
  )
}
