package import JSON
package import Model

/// The JSON form of a list: exact sizes in bytes, times as the server wrote them.
package enum ListJSON {
  /// The version of this form.
  static let formatVersion: Int64 = 1

  /// A list.
  ///
  /// - Parameters:
  ///   - total: how many things there are, of which `--limit` may have left some out.
  ///   - caller: who read it.
  package static func value(_ listing: Listing, total: Int, caller: String) -> JSONValue {
    [
      "formatVersion": .integer(formatVersion), "list": .string(listing.name),
      "complete": .bool(listing.problems.isEmpty), "caller": .string(caller),
      "total": .integer(Int64(total)),
      "items": .array(listing.rows.map { item($0, listing.columns) }),
      "absent": .array(listing.absent.map { .string($0.description) }),
      "notListed": .array(listing.problems.map(problem)),
    ]
  }

  private static func item(_ row: ListRow, _ columns: [ListColumn]) -> JSONValue {
    .object(JSONObject(columns.map { ($0.name, row.values[$0.name] ?? .null) }))
  }

  private static func problem(_ problem: ListProblem) -> JSONValue {
    [
      "project": .string(problem.project), "list": .string(problem.what),
      "reason": .string(reason(problem.reason.reason)),
      "message": .string(problem.reason.message), "help": .string(problem.reason.help),
      "permission": problem.reason.missing.map { .string($0.permission) } ?? .null,
      "role": problem.reason.missing?.role.map(JSONValue.string) ?? .null,
    ]
  }

  private static func reason(_ reason: ReadProblem.Reason) -> String {
    switch reason {
    case .forbidden: "forbidden"
    case .serviceDisabled: "serviceDisabled"
    case .unauthenticated: "unauthenticated"
    case .notReachable: "notReachable"
    case .other: "other"
    }
  }
}
