import CloudResources
import GoogleCloud
import JSON
import Model

/// The result of one read.
enum ReadAnswer: Sendable {
  case object(JSONValue)
  case list([JSONValue])
  case keys([LiveKey])
}

/// The answers of all reads of a snapshot.
struct ReadOutcomes: Sendable {
  private(set) var byRead: [Read: Result<ReadAnswer, APIError>] = [:]
  /// By project: the names in its answers that hold its number.
  private var numberedNames: [String: [String]] = [:]

  subscript(read: Read) -> Result<ReadAnswer, APIError>? { byRead[read] }

  mutating func record(_ read: Read, _ outcome: Result<ReadAnswer, APIError>) {
    byRead[read] = outcome
    guard case .success(.list(let members)) = outcome,
      read.collection?.kind.rest?.namesProjectNumber == true,
      let name = members.first?["name"]?.string
    else { return }
    numberedNames[read.project, default: []].append(name)
  }

  /// The failure of a read; nil if it succeeded or was not made.
  func failure(_ read: Read) -> APIError? {
    if case .failure(let error)? = byRead[read] { error } else { nil }
  }

  func object(_ read: Read) -> JSONValue? {
    if case .success(.object(let value))? = byRead[read] { value } else { nil }
  }

  func list(_ read: Read) -> [JSONValue]? {
    if case .success(.list(let value))? = byRead[read] { value } else { nil }
  }

  /// A project's number, from its own answer or those about its services (`projects/123`, `projects/123/services/x`).
  ///
  /// - Parameter project: its address.
  func projectNumber(of project: Address) -> String? {
    var names: [String] = []
    if let value = object(.resource(project)) {
      names.append(value["name"]?.string ?? "")
    }
    for name in names + (numberedNames[project.project] ?? []) {
      let parts = name.split(separator: "/")
      if parts.count > 1, parts[0] == "projects", parts[1].allSatisfy(\.isNumber) {
        return String(parts[1])
      }
    }
    return nil
  }
}
