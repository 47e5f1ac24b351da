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

  subscript(read: Read) -> Result<ReadAnswer, APIError>? { byRead[read] }

  mutating func record(_ read: Read, _ outcome: Result<ReadAnswer, APIError>) {
    byRead[read] = outcome
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
    for (read, outcome) in byRead {
      guard read.project == project.project,
        read.collection?.kind.rest?.namesProjectNumber == true,
        case .success(.list(let members)) = outcome,
        let name = members.first?["name"]?.string
      else { continue }
      names.append(name)
    }
    for name in names {
      let parts = name.split(separator: "/")
      if parts.count > 1, parts[0] == "projects", parts[1].allSatisfy(\.isNumber) {
        return String(parts[1])
      }
    }
    return nil
  }
}
