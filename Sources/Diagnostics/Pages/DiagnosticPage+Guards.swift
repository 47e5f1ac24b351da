/// Guards: what a plan refuses until a flag allows it.
extension DiagnosticPage {
  static let deletionNotAllowed = DiagnosticPage(
    "deletion not allowed",
    "Deleting takes two keys: `lifecycle.ensure: absent` in the manifest (or an authoritative scope), and a flag that names "
      + "the address. Removing a document from the manifests deletes nothing.",
    .output(
      """
      x serviceAccount/uploader   refused [AR0201]
          to allow it: --allow-delete my-project-id/serviceAccount/uploader
      """),
    remedy:
      "Look at what goes with it, then give the flag for this run. For an account that may still be in use, set "
      + "`disabled: true` first and wait.")

  static let protected = DiagnosticPage(
    "protected",
    "`lifecycle.protect: true`, or a glob of the Stack's `protect`, forbids deleting or replacing this resource. No flag "
      + "overrides it.",
    .output("x repository/us-east4/releases   refused [AR0202]"),
    remedy: "Take the protection away in a change of its own, have it reviewed, then delete.")

  static let dataLoss = DiagnosticPage(
    "packages or other contents would be lost",
    "The repository holds packages, and deleting or replacing it destroys them: Google keeps no copy. Deleting a project "
      + "destroys everything in it, whether or not a manifest names it.",
    .output("to allow it: --allow-data-loss my-project-id/repository/us-east4/old-libs"),
    remedy: "Copy what is needed elsewhere, then give the flag besides `--allow-delete`.")

  static let tooManyDeletions = DiagnosticPage(
    "too many deletions",
    "The plan deletes more of one kind in one project than a run may: more than 3 and more than a quarter of what is live "
      + "there. A wrong path or variable often looks like this.",
    .output("to allow it: --max-deletes 12"),
    remedy:
      "If all of them are meant, raise the limit for this run. The Stack's `limits` can only lower it."
  )

  static let tooManyRemovals = DiagnosticPage(
    "too many members removed",
    "`exclusive` would remove more than 5 and more than a quarter of a policy's members, or the written removals of the run "
      + "are more than 50.",
    .output("to allow it: --max-removals 40"),
    remedy: "Read the members by name in the plan; if all are meant, raise the limit for this run.")

  static let cleanupNotAllowed = DiagnosticPage(
    "cleanup rule that deletes more",
    "A cleanup rule that deletes is added, widened or taken out of its dry run. From then on Google deletes packages by "
      + "itself, without any further plan.",
    .output("to allow it: --allow-cleanup my-project-id/repository/us-east4/my-libraries"),
    remedy:
      "Leave `cleanupPolicyDryRun: true` for some days and read what the audit log says would be deleted; then give "
      + "the flag.")

  static let immutableField = DiagnosticPage(
    "field that cannot be changed",
    "Google fixes this field when the resource is created: a repository's format, location, mode, key or upstream. arctl "
      + "never deletes and makes anew by itself.",
    .output(
      """
      x repository/us/maven-old   refused [AR0207]
          ~ location   us -> europe-west1
          [AR0207] cannot be changed in place; replacing would delete 312 GB
          to allow it: lifecycle.allowReplace: true here, and
                       --allow-replace my-project-id/repository/us/maven-old
      """),
    remedy:
      "Write the live value back, or declare a second resource under another name and move over. Replacing takes "
      + "`lifecycle.allowReplace: true` and the flag. A project is never replaced, because its id is never free again: move "
      + "it by hand, or declare one with a new id.")

  static let lockout = DiagnosticPage(
    "you would lock yourself out",
    "The plan takes away your own direct right to set this policy, or leaves a project with fewer than two direct owners. "
      + "Rights that come from groups or from above are not visible here.",
    .output("to allow it: --allow-lockout my-project-id/iam/project"),
    remedy: "Make sure that somebody else can undo it, then give the flag.")

  static let privileged = DiagnosticPage(
    "grant that leads to more",
    "Who holds this role can get other roles: owner, editor, administrators of IAM, whoever may act as an account, make its "
      + "keys or its tokens; or a custom role gains such a permission.",
    .output("to allow it: --allow-privileged my-project-id/iam/project"),
    remedy:
      "Grant less, or on a single repository or account instead of the project. If it is meant, give the flag for the "
      + "run that grants it; later runs do not need it.")

  static let publicGrant = DiagnosticPage(
    "grant to everyone",
    "The member is, or may be, anybody: `allUsers`, `allAuthenticatedUsers`, a consumer mail domain, a whole identity pool "
      + "or a provider without a condition.",
    .output("to allow it: --allow-public my-project-id/iam/repository/us-east4/public-libs"),
    remedy:
      "Name groups or accounts. For a repository that is public on purpose, give the flag for the run that grants it."
  )
}
