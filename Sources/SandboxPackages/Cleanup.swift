package import JSON
package import SandboxCalls
package import SandboxStore
package import SandboxWire

/// Cleanup policies, evaluated on request; the real service does that about once a day.
///
/// As documented ([cleanup policies](https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy)): a
/// version is deleted if a DELETE policy matches it and no KEEP policy does. All parts of a condition must match. Ages
/// count from the upload of the version.
package struct Cleanup {
  private let policies: [CleanupPolicy]
  private let now: Int64

  init(_ policies: JSONValue?, now: Int64) {
    self.policies = (policies?.object ?? [:]).map { CleanupPolicy($0.value) }
    self.now = now
  }

  /// The versions of a package that are deleted.
  func selected(_ versions: [RepositoryContents.Version]) -> [RepositoryContents.Version] {
    let newestFirst = versions.sorted {
      ($0.createTime, $0.name) > ($1.createTime, $1.name)
    }
    return newestFirst.enumerated().filter { rank, version in
      func matches(_ action: String) -> Bool {
        policies.contains {
          $0.action == action && $0.matches(version, rank: rank, now: now)
        }
      }
      return matches("DELETE") && !matches("KEEP")
    }.map(\.element)
  }

  /// `POST /_sandbox/cleanup`, with `{}` for all repositories or `{"repository": "projects/..."}` for one.
  package static func run(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("repository")
    let wanted = try call.body.string("repository")
    let chosen = state[RepositoryRecord.self].rows.values
      .filter { wanted == nil || $0.name == wanted }
      .sorted { $0.name < $1.name }
    if let wanted, chosen.isEmpty {
      throw APIError(.notFound, "There is no repository \(wanted).")
    }
    let answers = chosen.filter { $0.fields.value["cleanupPolicies"] != nil || wanted != nil }
      .map { clean($0, &state, now: call.now) }
    return ["repositories": .array(answers)]
  }

  private static func clean(
    _ repository: RepositoryRecord, _ state: inout State, now: Int64
  ) -> JSONValue {
    let fields = repository.fields.value
    let isDry = fields["cleanupPolicyDryRun"]?.bool ?? false
    let cleanup = Cleanup(fields["cleanupPolicies"], now: now)
    let selected = RepositoryContents(repository, state).packages.flatMap {
      cleanup.selected($0.versions)
    }
    if !isDry {
      for file in selected.flatMap(\.files) { state.remove(file) }
      state.removeOrphans(of: repository)
    }
    let names = JSONValue.array(selected.map(\.name).sorted().map { .string($0) })
    return [
      "repository": .string(repository.name), "dryRun": .bool(isDry),
      isDry ? "wouldDelete" : "deleted": names,
    ]
  }
}

/// One policy in a repository's `cleanupPolicies`.
struct CleanupPolicy {
  let action: String
  private let condition: JSONValue?
  private let recent: JSONValue?

  init(_ value: JSONValue) {
    action = value["action"]?.string ?? ""
    condition = value["condition"]
    recent = value["mostRecentVersions"]
  }

  /// - Parameter rank: how many versions of the package are newer.
  func matches(_ version: RepositoryContents.Version, rank: Int, now: Int64) -> Bool {
    if let recent {
      return Int64(rank) < recent["keepCount"]?.integer ?? 0
        && Self.begins(version.package, with: recent["packageNamePrefixes"])
    }
    guard let condition else { return false }
    // The sandbox does not know when a version was last used. Such a policy deletes nothing and keeps everything, so
    // that a test does not lose what Google would keep.
    if condition["moreStaleThan"] != nil, action != "KEEP" { return false }
    return fitsAge(condition, now - version.createTime) && fitsTags(condition)
      && Self.begins(version.package, with: condition["packageNamePrefixes"])
      && Self.begins(version.id, with: condition["versionNamePrefixes"])
  }

  private func fitsAge(_ condition: JSONValue, _ age: Int64) -> Bool {
    if let limit = Self.microseconds(condition["olderThan"]), age <= limit { return false }
    if let limit = Self.microseconds(condition["newerThan"]), age >= limit { return false }
    return true
  }

  /// Python versions have no tags.
  private func fitsTags(_ condition: JSONValue) -> Bool {
    condition["tagState"]?.string != "TAGGED"
      && (condition["tagPrefixes"]?.array ?? []).isEmpty
  }

  /// Whether the text starts with one of the prefixes. An empty list matches every text.
  private static func begins(_ text: String, with prefixes: JSONValue?) -> Bool {
    let wanted = (prefixes?.array ?? []).compactMap(\.string)
    return wanted.isEmpty || wanted.contains { text.hasPrefix($0) }
  }

  /// A duration in the stored form (`2592000s`, `0.5s`). Longer ones than Google's longest are cut to that.
  private static func microseconds(_ duration: JSONValue?) -> Int64? {
    guard let text = duration?.string, text.hasSuffix("s"), let seconds = Double(text.dropLast()),
      !seconds.isNaN
    else { return nil }
    let longest = Double(Timestamps.longestDuration)
    return Int64((min(max(seconds, -longest), longest) * 1_000_000).rounded())
  }
}
