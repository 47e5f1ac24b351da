import SandboxCalls
import SandboxWire

/// The tables of operations in docs/sandbox.md.
enum OperationTable {
  /// Every route of Google's APIs, by API, template and method.
  static let routes = sorted { $0.api != .sandbox }

  /// The sandbox's own paths, by template and method.
  static let own = sorted { $0.api == .sandbox }

  private static func sorted(_ isWanted: (Route) -> Bool) -> [Route] {
    ServedAPIs.routes.filter(isWanted).sorted {
      ($0.api.service, $0.template, $0.method.rawValue) < (
        $1.api.service, $1.template, $1.method.rawValue
      )
    }
  }

  /// The sandbox's own paths, and a table per API: method, path, and what the caller needs.
  static var markdown: String {
    var lines = ["", "### The sandbox's own", "", "| method | path | |", "|---|---|---|"]
    lines += own.map { "| \($0.method.rawValue) | `\($0.template)` | \($0.purpose) |" }
    var api: API?
    for route in routes {
      if route.api != api {
        api = route.api
        lines += ["", "### \(route.api.service)", ""]
        lines += ["| method | path | the caller needs |", "|---|---|---|"]
      }
      lines.append("| \(route.method.rawValue) | `\(route.template)` | \(need(route.access)) |")
    }
    return lines.dropFirst().map { "\($0)\n" }.joined()
  }

  /// What the caller needs, as the table says it.
  private static func need(_ access: Access) -> String {
    switch access {
    case .open: "nothing"
    case .signedIn: "a credential; the handler decides the rest"
    case .resource: "a credential"
    case .permission(let permission, on: .project): "`\(permission)` on the project"
    case .permission(let permission, on: .repository): "`\(permission)` on the repository"
    case .permission(let permission, on: .account): "`\(permission)` on the account"
    case .permission(let permission, on: .folder): "`\(permission)` on the folder"
    case .permission(let permission, on: .organization): "`\(permission)` on the organization"
    case .permission(let permission, on: .pool): "`\(permission)` on the pool"
    case .permission(let permission, on: .cryptoKey): "`\(permission)` on the key"
    case .permission(let permission, on: .secret): "`\(permission)` on the secret"
    }
  }
}
