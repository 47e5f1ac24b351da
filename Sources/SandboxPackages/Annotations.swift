import JSON
import SandboxCalls
import SandboxStore
import SandboxWire

/// The annotations of packages, versions and files: the only member that their PATCH changes.
enum Annotations {
  /// Applies the body of a PATCH to the annotations of a resource.
  ///
  /// - Parameter constant: the members that a client may send back unchanged.
  static func patch(
    _ name: String, of repository: String, constant: Set<String>, _ call: Call,
    in state: inout State
  ) throws(APIError) {
    for key in call.body.object.keys {
      let member = Query.camelCase(key)
      guard member == "annotations" || constant.contains(member) else {
        throw .badField(
          key, "Invalid JSON payload received. Unknown name \"\(key)\": Cannot find field.")
      }
    }
    let mask = Mask(call.query["updateMask"])
    try mask?.check(known: constant.union(["annotations"]))
    guard mask?.contains("annotations") ?? call.body.has("annotations") else { return }
    let values = try call.body.labels("annotations") ?? [:]
    let size = values.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    guard size <= 256 * 1024 else {
      throw .badField("annotations", "The annotations have more than 256 KiB (AIP-128).")
    }
    let record = AnnotationsRecord(name: name, repository: repository, values: values)
    if values.isEmpty { state.remove(record) } else { state.put(record) }
  }
}

/// The annotations of a package, a version or a file.
struct AnnotationsRecord: Record {
  /// The resource name of what they belong to.
  let name: String
  /// The resource name of the repository.
  let repository: String
  let values: [String: String]

  static var table: String { "annotations" }
  static var lag: LagRule { .seen }
  var key: String { name }
  var parent: String? { repository }
  var names: [String] { [] }
}

extension State {
  /// Removes the annotations and attachments of what is not in the repository any more.
  mutating func removeOrphans(of repository: RepositoryRecord) {
    let contents = RepositoryContents(repository, self)
    let left = contents.names
    for row in self[AnnotationsRecord.self].children(of: repository.name)
    where !left.contains(row.name) { remove(row) }
    for row in self[AttachmentRecord.self].children(of: repository.name)
    where row.target != repository.name && !left.contains(row.target) { remove(row) }
  }
}
