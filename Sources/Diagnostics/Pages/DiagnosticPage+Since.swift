/// The comparison with an earlier commit.
extension DiagnosticPage {
  static let sinceUnusable = DiagnosticPage(
    "no comparison with the earlier commit",
    meaning:
      "`--since` names a commit that cannot be compared with: git does not know it, it is not an ancestor of HEAD, the clone "
      + "is shallow, its manifests have errors, or the paths and variable files were others. A commit that you name ends the run, and so "
      + "does `--prune`; with `auto` alone the run goes on and says that what left the manifests was not looked at.",
    example: .output(
      """
      error[AR0161]: `--since origin/main`: git knows no such commit here
        = help: fetch it first: git fetch origin main
      """),
    remedy:
      "Run what the message says. In CI, check out the whole history (`fetch-depth: 0` in GitHub Actions)."
  )

  static let leftManifests = DiagnosticPage(
    "declarations that left the manifests",
    meaning:
      "The manifests of the commit after `--since` declared these resources, grants, labels and services. The present ones do "
      + "not, and they still exist. Removing lines deletes nothing: `apply` leaves them alone.",
    example: .output(
      """
      warning[AR0321]: 2 declarations left the manifests since 1a2b3c4d5e6f: 2 live
        ~ iam/repository/us-east4/libs   1a2b3c4d5e6f:manifests/team.yaml:9
            - group:contractors@example.com   roles/artifactregistry.reader
        - serviceAccount/reporter        1a2b3c4d5e6f:manifests/team.yaml:21
      """),
    remedy:
      "Remove them with `--prune`, under all guards: plan and apply with `--since COMMIT --prune`. Or declare them again. Moved "
      + "to another stack, they are found with `--also PATH`.")

  static let removedLinesUnseen = DiagnosticPage(
    "removed lines were not looked at",
    meaning:
      "The manifests differ from those of the commit where the branch began, and the run did not compare them. A plan shows "
      + "what the present manifests say; it does not show what was removed from them.",
    example: .output(
      """
      note[AR0322]: the manifests differ from those of 1a2b3c4d5e6f, and removed
      lines were not looked at
      """),
    remedy: "Plan with `--since auto`, which shows what left the manifests and is still live.")
}
