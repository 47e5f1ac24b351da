/// Google's limits, which a plan checks before anything is written.
extension DiagnosticPage {
  static let policyLimit = DiagnosticPage(
    "policy over Google's limit",
    meaning:
      "Google accepts at most 1,500 members in the bindings of one policy, at most 250 of them groups. Each occurrence counts: "
      + "one member with three roles counts three times. Undeclared members count too. No flag overrides this limit.",
    example: .output(
      """
      x iam/project   refused [AR0211]
          [AR0211] the policy would hold 1501 members, each occurrence counted;
                   Google allows at most 1500
      """),
    remedy:
      "Grant to a group instead of its members, grant on single repositories, or remove grants first. A change that only "
      + "removes members is never refused for this reason.")

  static let keyLimit = DiagnosticPage(
    "too many keys for an account",
    meaning:
      "A service account can have at most ten user-managed keys. Disabled and expired keys count until they are deleted. "
      + "Google's own error is only `Precondition check failed`.",
    example: .output(
      """
      x serviceAccountKey/uploader/ci   refused [AR0212]
          [AR0212] the account has 10 keys and this plan makes 1 more;
                   Google allows at most 10
      """),
    remedy: "Delete an unused key: the message names the disabled and expired ones.")

  static let countLimit = DiagnosticPage(
    "over one of Google's limits",
    meaning:
      "The plan would exceed a limit that Google does not raise: 300 custom roles in a project, or 64 labels on a repository "
      + "or a project. Undeclared labels stay and count. Deleted roles count for some weeks.",
    example: .output(
      """
      x repository/us-east4/libs   refused [AR0213]
          [AR0213] it would have 66 labels, 5 of them undeclared;
                   Google allows at most 64
      """),
    remedy:
      "Delete unused roles or labels. `KEY: null` in a resource's `labels` removes a label that no manifest declares."
  )

  static let fileKept = DiagnosticPage(
    "a file of settings was not written",
    meaning:
      "`arctl settings --write` replaces only files that it wrote itself and that were not edited since. In a git work tree it "
      + "writes only files that git ignores. It writes through no symbolic link.",
    example: .output(
      """
      error[AR0214]: `out/.pypirc` exists, and arctl did not write it
        or it was edited since; nothing was written
      """),
    remedy:
      "Write to another folder, merge the printed text by hand, or use `--overwrite`, which keeps a backup."
  )

  static let nearLimit = DiagnosticPage(
    "may exceed a limit",
    meaning:
      "Google may refuse the change, but that is not certain: a project's quota of 100 service accounts can be raised, and "
      + "Google documents the size limit of a policy only as \"a few 10s of KB\". The plan continues.",
    example: .output(
      """
      warning[AR0316]: `my-project-id` would hold 101 resources of kind
        serviceAccount (98 now, 3 new); Google's default quota is 100
      """),
    remedy:
      "Check the project's quotas in the Cloud console. Grant to groups instead of single members."
  )
}
