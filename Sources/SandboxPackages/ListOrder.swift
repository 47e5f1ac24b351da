import SandboxWire

/// The `filter` and `orderBy` of a list.
struct ListOrder {
  private let filter: Filter?
  private let field: String
  private let isDescending: Bool

  /// - Parameter fields: the fields that can be filtered on, besides annotations.
  init(_ query: Query, filteringOn fields: Set<String>) throws(APIError) {
    let words = (query["orderBy"] ?? "").split(separator: " ").map(String.init)
    field = words.first.map(Query.camelCase) ?? "name"
    isDescending = words.count > 1 && words[1].lowercased() == "desc"
    guard ["name", "createTime", "updateTime"].contains(field) else {
      throw .badField("order_by", "Invalid order \"\(query["orderBy"] ?? "")\".")
    }
    filter = try Filter.parse(query["filter"] ?? "", maps: [Self.annotations])
    for term in filter?.terms ?? [] where !fields.contains(term.field) && Self.key(of: term) == nil
    {
      let known = (fields.sorted() + ["\(Self.annotations).KEY"]).map { "\($0)=\"...\"" }
      throw .badField(
        "filter",
        "Invalid filter \"\(query["filter"] ?? "")\": the sandbox filters on "
          + "\(known.joined(separator: " and ")).")
    }
  }

  /// The matching rows, in order.
  func arrange<Row: ListRow>(_ rows: [Row]) -> [Row] {
    var rows = rows
    if let filter {
      rows = rows.filter { row in
        filter.holds { term in
          if Self.key(of: term) != nil { return Self.annotates(term, row) }
          return term.field == "owner" ? Self.owns(term, row) : Self.fits(term, row.name)
        }
      }
    }
    rows.sort { precedes($0, $1) }
    if isDescending { rows.reverse() }
    return rows
  }

  private static let annotations = "annotations"

  /// The key of an annotation that a term names, which can have wildcards; nil for other terms.
  private static func key(of term: Filter.Term) -> String? {
    guard term.field.hasPrefix("\(annotations).") else { return nil }
    let key = String(term.field.dropFirst(annotations.count + 1))
    return key.isEmpty ? nil : key
  }

  /// Whether an annotation of a row matches a term. Keys and values ignore case, like everything in these filters.
  private static func annotates(_ term: Filter.Term, _ row: some ListRow) -> Bool {
    guard term.comparator != "!=" else {
      return !annotates(Filter.Term(field: term.field, comparator: "=", value: term.value), row)
    }
    let key = (key(of: term) ?? "").lowercased()
    return (row.notes[row.name] ?? [:]).contains { name, value in
      Wildcard.matches(key, name.lowercased()) && term.fits(value)
    }
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
