import CloudResources
import Diagnostics
import Model

/// The permissions of a run as text.
struct PermissionPage {
  let table: PermissionTable

  /// The most resources that a row names.
  private static let shown = 2

  var text: String {
    var blocks = [["Permissions that `arctl \(table.verb.rawValue)` needs for these manifests:"]]
    blocks += table.projects.map(lines)
    blocks += table.above.map(lines)
    return blocks.map { $0.map { $0.escapedForTerminal + "\n" }.joined() }.joined(separator: "\n")
  }

  private func lines(_ project: PermissionTable.Project) -> [String] {
    var lines = [project.id]
    lines += aligned(project.rows.map { [$0.permission, Self.places($0)] }, indent: 2)
    lines += Self.lines(project.cover)
    if !project.undelete.isEmpty {
      lines.append("  Only to undelete what was deleted:")
      lines += project.undelete.map { "    \($0.permission)" }
    }
    return lines
  }

  private func lines(_ above: PermissionTable.Above) -> [String] {
    [above.name] + above.permissions.map { "  \($0)" } + Self.lines(above.cover)
  }

  private static func places(_ row: PermissionTable.Row) -> String {
    let names = row.places.map(\.local)
    guard names.count > shown + 1 else { return names.joined(separator: ", ") }
    return names.prefix(shown).joined(separator: ", ") + " and \(names.count - shown) more"
  }

  private static func lines(_ cover: PredefinedRoles.Cover) -> [String] {
    var lines: [String] = []
    if !cover.choices.isEmpty {
      lines.append("  Narrowest predefined roles (table of \(PredefinedRoles.date)):")
      lines += aligned(
        cover.choices.map { [$0.role.name, RoleText.excess(of: $0)] }, indent: 4)
    }
    if !cover.uncovered.isEmpty {
      lines.append("  In no role of the table: " + cover.uncovered.joined(separator: ", "))
    }
    return lines
  }
}

/// How far a predefined role goes beyond what is needed.
enum RoleText {
  static func excess(of choice: PredefinedRoles.Choice) -> String {
    let excess = choice.excess
    let text =
      switch excess {
      case 0: "nothing else"
      case 1: "wider by 1 permission"
      default: "wider by \(excess) permissions"
      }
    return choice.isUnverified ? text + "; its permissions are not verified" : text
  }
}
