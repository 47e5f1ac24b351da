import CloudResources
import Model
import Resources

/// The permissions of a run, by the project or the folder in which they are granted.
struct PermissionTable: Sendable {
  /// One permission, and where Google checks it.
  struct Row: Sendable, Hashable {
    var permission: String
    /// In order: a grant on each of these suffices, and one on the project covers them all.
    var places: [Address]
  }
  /// The permissions inside one project.
  struct Project: Sendable {
    var id: String
    /// In order of the permissions.
    var rows: [Row]
    /// Permissions that only the return of something deleted needs, in order.
    var undelete: [Row]
    /// The predefined roles that cover `rows`.
    var cover: PredefinedRoles.Cover
  }
  /// The permissions on something above projects.
  struct Above: Sendable {
    /// `folders/123`.
    var name: String
    /// In order.
    var permissions: [String]
    var cover: PredefinedRoles.Cover
  }

  let verb: RunRights.Verb
  let projects: [Project]
  let above: [Above]

  init(_ verb: RunRights.Verb, _ needs: Set<PermissionNeed>) {
    self.verb = verb
    var inside: [String: [PermissionNeed]] = [:]
    var outside: [String: Set<String>] = [:]
    for need in needs {
      switch need.place {
      case .resource(let address): inside[address.project, default: []].append(need)
      case .above(let name): outside[name, default: []].insert(need.permission)
      }
    }
    projects = inside.sorted { $0.key < $1.key }.map { id, needs in
      let rows = Self.rows(needs.filter { $0.purpose != .undelete })
      let needed = Set(rows.map(\.permission))
      return Project(
        id: id, rows: rows,
        undelete: Self.rows(needs.filter { $0.purpose == .undelete })
          .filter { !needed.contains($0.permission) },
        cover: PredefinedRoles.narrowest(for: needed))
    }
    above = outside.sorted { $0.key < $1.key }.map { name, permissions in
      Above(
        name: name, permissions: permissions.sorted(),
        cover: PredefinedRoles.narrowest(for: permissions))
    }
  }

  private static func rows(_ needs: [PermissionNeed]) -> [Row] {
    Dictionary(grouping: needs, by: \.permission).sorted { $0.key < $1.key }.map {
      permission, needs in
      let places = needs.compactMap { need -> Address? in
        if case .resource(let address) = need.place { address } else { nil }
      }
      return Row(permission: permission, places: Set(places).sorted())
    }
  }
}

/// Rows of texts in aligned columns; the last one is not padded.
func aligned(_ rows: [[String]], indent: Int) -> [String] {
  let count = (rows.map(\.count).max() ?? 1) - 1
  let widths = (0..<max(0, count)).map { column in
    rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    let cells = row.enumerated().map { index, cell in
      index == row.count - 1 || index >= widths.count
        ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
    }
    return String(repeating: " ", count: indent) + cells.joined(separator: "   ")
  }
}
