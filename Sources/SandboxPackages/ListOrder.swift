import SandboxWire

/// The `filter` and `orderBy` of a list.
struct ListOrder {
  private let filter: Filter?
  private let field: String
  private let isDescending: Bool

  /// - Parameter fields: the fields that can be filtered on.
  init(_ query: Query, filteringOn fields: Set<String>) throws(APIError) {
    let words = (query["orderBy"] ?? "").split(separator: " ").map(String.init)
    field = words.first.map(Query.camelCase) ?? "name"
    isDescending = words.count > 1 && words[1].lowercased() == "desc"
    guard ["name", "createTime", "updateTime"].contains(field) else {
      throw .badField("order_by", "Invalid order \"\(query["orderBy"] ?? "")\".")
    }
    filter = try Filter.parse(query["filter"] ?? "")
    for term in filter?.terms ?? [] where !fields.contains(term.field) {
      let known = fields.sorted().map { "\($0)=\"...\"" }.joined(separator: " and ")
      throw .badField(
        "filter", "Invalid filter \"\(query["filter"] ?? "")\": the sandbox filters on \(known).")
    }
  }

  /// The matching rows, in order.
  func arrange<Row: ListRow>(_ rows: [Row]) -> [Row] {
    var rows = rows
    if let filter {
      rows = rows.filter { row in
        filter.holds { $0.field == "owner" ? Self.owns($0, row) : Self.fits($0, row.name) }
      }
    }
    rows.sort { precedes($0, $1) }
    if isDescending { rows.reverse() }
    return rows
  }

  /// Whether a term matches the owner of a row. The owner of a file is a version, but a filter on a package matches the
  /// files of all its versions.
  private static func owns(_ term: Filter.Term, _ row: some ListRow) -> Bool {
    guard term.comparator != "!=" else {
      return !owns(Filter.Term(field: term.field, comparator: "=", value: term.value), row)
    }
    let parts = row.owner.split(separator: "/")
    // projects/P/locations/L/repositories/R/packages/PACKAGE and below.
    return (min(8, parts.count)...parts.count).contains { count in
      fits(term, parts.prefix(count).joined(separator: "/"))
    }
  }

  /// Whether a name matches. Names are compared without escapes, because clients write them escaped once, twice or not
  /// at all.
  private static func fits(_ term: Filter.Term, _ name: String) -> Bool {
    Filter.Term(
      field: term.field, comparator: term.comparator,
      value: PercentEncoding.decodedID(term.value) ?? term.value
    ).fits(PercentEncoding.decodedID(name) ?? name)
  }

  private func precedes(_ first: some ListRow, _ second: some ListRow) -> Bool {
    switch field {
    case "createTime": (first.createTime, first.name) < (second.createTime, second.name)
    case "updateTime": (first.updateTime, first.name) < (second.updateTime, second.name)
    default: first.name < second.name
    }
  }
}
