/// The file of `--approvals`.
extension DiagnosticPage {
  static let approvalsUnusable = DiagnosticPage(
    "approvals file that cannot be used",
    meaning:
      "The file of `--approvals` lies below the manifests, or `--approvals-from` cannot read it in git. Whoever changes the "
      + "manifests must not be able to approve the change by the same files, so the approvals need a place of their own, "
      + "which can have other owners.",
    example: .output(
      """
      error[AR0165]: the approvals file `manifests/approvals.yaml` is below the
                     manifests in `manifests`
      """),
    remedy:
      "Move the file beside the folder of the manifests. For `--approvals-from`, fetch the branch that it names, and run "
      + "arctl in the repository.")

  static let approvedRow = DiagnosticPage(
    "approved row",
    meaning:
      "A guard would refuse this row, but an entry of the approvals file allows it: it names the guard, the address and the "
      + "digest of the row, and its time is not over.",
    example: .output(
      """
      note[AR0331]: `--allow-delete` for `p/repository/us/old` is approved until
                    2027-01-31: moved to europe-west1
        --> approvals.yaml:4:3
      """),
    remedy: "Nothing is wrong. Remove the entry after the apply.")

  static let approvalUnused = DiagnosticPage(
    "approval without effect",
    meaning:
      "An entry of the approvals file allows nothing in this plan: its time is over, the row has another digest than when it "
      + "was approved, no such change is planned, or the flag lifts no guard of the row. What it was for stays refused.",
    example: .output(
      """
      warning[AR0332]: the approval of `--allow-delete` for `p/repository/us/old`
                       ended at 2027-01-31
        --> approvals.yaml:4:3
      """),
    remedy:
      "Review the row as it is now, and write its present digest and a later date. Remove entries whose change was made."
  )

  static let selfApproval = DiagnosticPage(
    "change that approves itself",
    meaning:
      "The approvals file has an entry that it did not have at the commit of `--since`: the change under review brings its own "
      + "approval along. This is the first thing that the plan shows.",
    example: .output(
      """
      warning[AR0333]: this change approves itself: `--allow-delete` for
                       `p/repository/us/old` until 2027-01-31
        --> approvals.yaml:4:3
      """),
    remedy:
      "Let an owner of the approvals file review the entry (CODEOWNERS), or count only what is on the protected branch: "
      + "`--approvals-from origin/main`.")
}
