import Grammar
import JSON
import Model

/// Rules for the fields of a secret (docs/google-apis.md#secrets).
enum SecretRules {
  static func problems(in spec: JSONObject) -> [Problem] {
    LabelRules.repository.problems(in: spec["labels"]) + annotationProblems(spec)
      + replicationProblems(spec) + rotationProblems(spec) + timeProblems(spec)
  }

  /// Whether an annotation belongs to the keys that arctl stores in secrets.
  static func isReserved(_ annotation: String) -> Bool { annotation.hasPrefix("arctl-") }

  // MARK: Annotations

  private static func annotationProblems(_ spec: JSONObject) -> [Problem] {
    let path = FieldPath().field("annotations")
    guard let value = spec["annotations"] else { return [] }
    guard let annotations = value.object else {
      return [
        Problem(
          path, "`annotations` cannot be reset to nothing",
          help: "arctl keeps notes of its keys there: write the keys to remove, as `KEY: null`")
      ]
    }
    var problems: [Problem] = []
    var size = 0
    for (key, value) in annotations {
      size += key.utf8.count + (value.string ?? "").utf8.count
      if isReserved(key) {
        problems.append(
          Problem(
            path.field(key), "`\(key)` belongs to the keys that arctl stores in the secret",
            help: "choose a key that does not begin with `arctl-`"))
      } else if key.wholeMatch(of: /[A-Za-z0-9](?:[A-Za-z0-9._\-]{0,61}[A-Za-z0-9])?/) == nil {
        problems.append(
          Problem(
            path.field(key),
            "annotation key `\(key)` must have 1 to 63 letters, digits and characters of `-_.`, with a letter or digit at both ends"
          ))
      }
    }
    if size >= 16 << 10 {
      problems.append(Problem(path, "the annotations must be smaller than 16 KiB in total"))
    }
    return problems
  }

  // MARK: Replication

  private static func replicationProblems(_ spec: JSONObject) -> [Problem] {
    guard let replication = spec["replication"]?.object else { return [] }
    let path = FieldPath().field("replication")
    guard replication["automatic"] == nil || replication["userManaged"] == nil else {
      return [
        Problem(path.field("userManaged"), "`automatic` and `userManaged` cannot be used together")
      ]
    }
    guard !replication.isEmpty else {
      return [
        Problem(
          path, "`replication` is empty",
          help: "write `automatic: {}`, or `userManaged` with its `replicas`")
      ]
    }
    if let replicas = replication["userManaged"]?["replicas"], replicas.array?.isEmpty == true {
      return [
        Problem(
          path.field("userManaged").field("replicas"), "`replicas` is empty",
          help: "name at least one location: `replicas: [{location: us-east4}]`")
      ]
    }
    return SecretReplication.places(of: .object(replication)).compactMap(keyProblem)
  }

  private static func keyProblem(
    _ place: (path: FieldPath, location: String, key: String?)
  ) -> Problem? {
    guard let key = place.key else { return nil }
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 3, parts[3] != place.location else { return nil }
    return Problem(
      place.path.field("customerManagedEncryption").field("kmsKeyName"),
      "the key must be in `\(place.location)`, and is in `\(parts[3])`")
  }

  // MARK: Rotation and times

  private static func rotationProblems(_ spec: JSONObject) -> [Problem] {
    let path = FieldPath().field("rotation")
    var problems: [Problem] = []
    if let topics = spec["topics"]?.array, topics.count > 10 {
      problems.append(
        Problem(FieldPath().field("topics"), "\(topics.count) topics; there may be at most 10"))
    }
    guard let rotation = spec["rotation"]?.object else { return problems }
    if spec["topics"]?.array?.isEmpty != false {
      problems.append(
        Problem(
          path, "`rotation` needs `topics`", help: "name the Pub/Sub topic that gets the reminder"))
    }
    guard let period = rotation["rotationPeriod"]?.string else { return problems }
    if rotation["nextRotationTime"]?.string == nil {
      problems.append(
        Problem(path.field("rotationPeriod"), "`rotationPeriod` needs `nextRotationTime`"))
    }
    if let seconds = ApiDuration(parsing: period)?.seconds,
      !(3600...3_153_600_000).contains(seconds)
    {
      problems.append(
        Problem(path.field("rotationPeriod"), "`rotationPeriod` must be from `1h` to 100 years"))
    }
    return problems
  }

  private static func timeProblems(_ spec: JSONObject) -> [Problem] {
    var problems: [Problem] = []
    let times = [
      (FieldPath().field("expireTime"), spec["expireTime"]),
      (
        FieldPath().field("rotation").field("nextRotationTime"),
        spec["rotation"]?["nextRotationTime"]
      ),
    ]
    for (path, value) in times {
      guard let text = value?.string else { continue }
      if !text.contains("T") || !ApiTimestamp.isDayOrInstant(text) {
        problems.append(
          Problem(
            path, "`\(text)` is not a time", help: "write day and time: `2030-01-01T00:00:00Z`"))
      }
    }
    if let ttl = spec["versionDestroyTtl"]?.string,
      let seconds = ApiDuration(parsing: ttl)?.seconds, !(86_400...86_400_000).contains(seconds)
    {
      problems.append(
        Problem(
          FieldPath().field("versionDestroyTtl"),
          "`versionDestroyTtl` must be from `24h` to `1000d`"))
    }
    return problems
  }
}
