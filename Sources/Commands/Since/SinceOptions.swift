import CommandLine
import Diagnostics
import Model
import Reconcile

/// `--since REF` and `--prune`.
struct SinceOptions: Sendable {
  /// As given: a revision, or `auto`.
  let reference: String
  /// Whether the run removes what left the manifests.
  let prunes: Bool

  static let automatic = "auto"
  var isAutomatic: Bool { reference == Self.automatic }

  /// Removes what left the manifests since a commit: for a plan that was saved so.
  init(pruningSince commit: String) {
    reference = commit
    prunes = true
  }

  /// Nil without `--since`.
  init?(_ arguments: ParsedArguments) throws(UsageError) {
    prunes = arguments.has("prune")
    guard let text = arguments.value("since") else {
      guard !prunes else {
        throw UsageError(
          "`--prune` needs `--since REF`: the commit whose declarations are compared with today's")
      }
      return nil
    }
    guard !text.isEmpty else {
      throw UsageError("`--since`: expected a commit, a branch or `auto`")
    }
    reference = text
  }
}

/// The comparison of the manifests with those of an earlier commit.
struct SinceManifests: Sendable {
  /// In full.
  let commit: String
  let prunes: Bool
  let dropped: DroppedDeclarations
  /// The present graph with everything dropped to be removed.
  let pruned: DesiredGraph

  init(commit: String, prunes: Bool, dropped: DroppedDeclarations) {
    self.commit = commit
    self.prunes = prunes
    self.dropped = dropped
    pruned = dropped.pruned()
  }
}

/// Why the manifests cannot be compared with an earlier commit.
struct SinceProblem: Error, Sendable {
  /// One sentence without a full stop.
  let message: String
  var help: [String] = []
  /// Whether nothing was ever applied as far as git can tell, so that there is nothing to compare with.
  var isFirstRun = false
  /// Errors in the manifests of the commit.
  var diagnostics: [Diagnostic] = []
  var source: SourceText = { _, _ in nil }
}
