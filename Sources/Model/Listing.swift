package import JSON

/// What `arctl ls` found: things of one sort, and the lists that could not be read.
package struct Listing: Sendable {
  /// The sort of things, as the user types it: `repositories`.
  package var name: String
  /// Its columns, in the order of the table.
  package var columns: [ListColumn]
  /// What was found.
  package var rows: [ListRow] = []
  /// The lists that could not be read.
  package var problems: [ListProblem] = []
  /// Declared resources without which nothing can be listed, and that do not exist.
  package var absent: [Address] = []

  /// A listing in which nothing was found yet.
  package init(_ name: String, _ columns: [ListColumn]) {
    self.name = name
    self.columns = columns
  }

  /// Adds what another part of the reading found.
  package mutating func add(_ part: Part) {
    rows += part.rows
    problems += part.problems
    absent += part.absent
  }

  /// What one read of several found.
  package struct Part: Sendable {
    /// What was found.
    package var rows: [ListRow] = []
    /// The lists that could not be read.
    package var problems: [ListProblem] = []
    /// What does not exist.
    package var absent: [Address] = []

    /// Nothing, by default.
    package init(
      rows: [ListRow] = [], problems: [ListProblem] = [], absent: [Address] = []
    ) {
      self.rows = rows
      self.problems = problems
      self.absent = absent
    }

    /// All parts as one.
    package init(_ parts: [Part]) {
      self.init(
        rows: parts.flatMap(\.rows), problems: parts.flatMap(\.problems),
        absent: parts.flatMap(\.absent))
    }
  }
}

/// One thing of a list.
package struct ListRow: Sendable, Hashable {
  /// The texts that a pattern is compared with: its address, with and without the project, or its name.
  package var names: [String]
  /// By the name of the column, in the form of the JSON output; null or none: there is no value.
  package var values: [String: JSONValue]

  /// Pairs the names of a thing with its values.
  package init(names: [String], values: [String: JSONValue]) {
    self.names = names
    self.values = values
  }
}

/// A list that could not be read, or a member of one that cannot be understood.
package struct ListProblem: Sendable, Hashable {
  /// The project that it belongs to.
  package var project: String
  /// What is missing, in the plural: `repositories`.
  package var what: String
  /// Why.
  package var reason: ReadProblem

  /// Pairs what is missing with the reason.
  package init(project: String, what: String, reason: ReadProblem) {
    self.project = project
    self.what = what
    self.reason = reason
  }
}

// MARK: - Selecting and sorting

extension Listing {
  /// Keeps the rows that a pattern matches.
  package mutating func keep(_ pattern: AddressGlob) {
    rows.removeAll { row in !row.names.contains(where: pattern.matches) }
  }

  /// Sorts by these columns, the first one first; rows without a value are the last ones in either direction.
  package mutating func sort(by order: [Order]) {
    let keys = order.compactMap { order in
      columns.first { $0.name == order.column }.map { ($0, order.isDescending) }
    }
    let keyed = rows.map { row in
      (row, keys.map { SortKey(row.values[$0.0.name] ?? .null, $0.0.form) })
    }
    rows = keyed.sorted { left, right in
      for (index, (_, isDescending)) in keys.enumerated() {
        let (one, other) = (left.1[index], right.1[index])
        if one == other { continue }
        if one == .none || other == .none { return other == .none }
        return isDescending ? other < one : one < other
      }
      return false
    }.map(\.0)
  }

  /// A column to sort by.
  package struct Order: Sendable, Hashable {
    /// The name of the column.
    package var column: String
    /// Whether the greatest comes first.
    package var isDescending: Bool
    /// By default the least first.
    package init(_ column: String, isDescending: Bool = false) {
      self.column = column
      self.isDescending = isDescending
    }
  }

  /// A value as it is compared; each column has keys of one case only, besides `none`.
  private enum SortKey: Comparable {
    case number(Int64)
    case time(Instant)
    case text(String)
    case none

    init(_ value: JSONValue, _ form: ListColumn.Form) {
      switch (value, form) {
      case (.integer(let number), _): self = .number(number)
      case (.bool(let flag), _): self = .number(flag ? 1 : 0)
      case (.string(let text), .time), (.string(let text), .end):
        self = Instant(text).map(SortKey.time) ?? .none
      case (.string(let text), _): self = .text(text)
      case (.object(let object), _):
        self = .text((object["title"]?.string ?? "") + "\n" + (object["expression"]?.string ?? ""))
      case (.null, _), (.real, _), (.array, _): self = .none
      }
    }
  }
}
