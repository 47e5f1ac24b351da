/// Google's limits, which a plan counts against before anything is written.
extension DiagnosticPage {
  static let policyLimit = DiagnosticPage(
    "policy over Google's limit",
    "Google takes at most 1,500 members in the bindings of one policy, and at most 250 of them may be groups. Each occurrence "
      + "counts: one member with three roles is three. The plan counts what others put there too. No flag lifts this.",
    .output(
      """
      x iam/project   refused [AR0211]
          [AR0211] the policy would hold 1501 members, each occurrence counted;
                   Google takes at most 1500
      """),
    remedy:
      "Grant to a group in place of its members, grant on single repositories, or remove grants first. What only removes "
      + "members is never refused for this.")

  static let keyLimit = DiagnosticPage(
    "too many keys of an account",
    "A service account can have at most ten keys made for users. Keys that are disabled or expired count until they are "
      + "deleted. Google itself answers only `Precondition check failed`.",
    .output(
      """
      x serviceAccountKey/uploader/ci   refused [AR0212]
          [AR0212] the account has 10 keys and this plan makes 1 more;
                   Google takes at most 10
      """),
    remedy: "Delete a key that is not used: the message names those that are disabled or expired.")

  static let countLimit = DiagnosticPage(
    "over a limit of Google's",
    "The plan would exceed a number that Google does not raise: 300 custom roles in a project, 64 labels on a repository or "
      + "a project. Labels that others put there stay, and count. Deleted roles count for some weeks.",
    .output(
      """
      x repository/us-east4/libs   refused [AR0213]
          [AR0213] it would have 66 labels, 5 of them in no manifest;
                   Google takes at most 64
      """),
    remedy:
      "Delete what is not used. `KEY: null` among a resource's labels removes a label that others put there."
  )

  static let nearLimit = DiagnosticPage(
    "may be over a limit",
    "Google may refuse this, but that is not certain: a project's quota of 100 service accounts may have been raised, and "
      + "the size of a policy is limited to \"a few 10s of KB\" that no document states exactly. The plan goes on.",
    .output(
      """
      warning[AR0316]: `my-project-id` would hold 101 resources of kind
        serviceAccount (98 now, 3 new); Google's default quota is 100
      """),
    remedy:
      "Look at the project's quotas in the Cloud console. Grant to groups in place of single members."
  )
}
