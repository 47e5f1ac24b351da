import CloudResources
import Diagnostics
import Model
import Resources

/// What a preflight showed, for the user.
struct PreflightReport: Sendable {
  let result: PreflightResult
  /// Who was tested.
  let caller: String

  /// Whether an operation would be refused for certain.
  var isFinal: Bool { !result.final.isEmpty }

  /// The errors and the warnings.
  ///
  /// - Parameter verdict: what became of the run, for the error.
  func diagnostics(_ verdict: String) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let final = result.final
    if !final.isEmpty {
      var diagnostic = Diagnostic(
        .permissionDenied,
        "`\(caller)` lacks \(Self.count(final)) that this plan needs: \(verdict)",
        help: ["`arctl permissions apply` prints everything that these manifests need"])
      diagnostic.pasted = Self.table(final)
      found.append(diagnostic)
    }
    // A permission that is missing for certain is named once.
    let certain = Set(final.map { [$0.permission, $0.tested.description] })
    let doubtful = result.doubtful.filter {
      !certain.contains([$0.permission, $0.tested.description])
    }
    if !doubtful.isEmpty {
      var diagnostic = Diagnostic(
        .permissionDenied, severity: .warning,
        "`\(caller)` may lack \(Self.count(doubtful)) that this plan needs: "
          + "a test of what exists does not show whether they are granted elsewhere or by this plan"
      )
      diagnostic.pasted = Self.table(doubtful)
      found.append(diagnostic)
    }
    if !result.untested.isEmpty {
      var diagnostic = Diagnostic(
        .permissionDenied, severity: .warning,
        "the permissions of `\(caller)` were not tested everywhere: whether one is missing is not known"
      )
      diagnostic.pasted = aligned(
        result.untested.map { [$0.resource.description, $0.reason] }, indent: 2)
      found.append(diagnostic)
    }
    return found
  }

  private static func count(_ rows: [PreflightResult.Missing]) -> String {
    let count = Set(rows.map { [$0.tested.project, $0.permission] }).count
    return count == 1 ? "a permission" : "\(count) permissions"
  }

  /// One row for each permission in a project, with the narrowest roles for all that is missing there.
  private static func table(_ rows: [PreflightResult.Missing]) -> [String] {
    let projects = Dictionary(grouping: rows, by: \.tested.project).sorted { $0.key < $1.key }
    let body = projects.flatMap { project, rows -> [[String]] in
      let cover = PredefinedRoles.narrowest(for: Set(rows.map(\.permission)))
      return Dictionary(grouping: rows, by: \.permission).sorted { $0.key < $1.key }.map {
        permission, rows in
        let role = cover.choices.first { $0.covered.contains(permission) }
        return [
          project, permission, places(rows), role?.role.name ?? "no predefined role is known",
        ]
      }
    }
    return aligned([["project", "permission", "on", "role that has it"]] + body, indent: 2)
  }

  private static func places(_ rows: [PreflightResult.Missing]) -> String {
    let names = Set(rows.map(\.tested)).sorted().map(\.local)
    return names.count > 2
      ? "\(names[0]) and \(names.count - 1) more" : names.joined(separator: ", ")
  }
}

extension Session {
  /// Tests the permissions that the operations of a plan need. Sends nothing for a plan without operations.
  func preflight(_ plan: Plan) async throws -> PreflightReport {
    let preflight = Preflight(client: client)
    let result = try await interruption.cancelling { await preflight.result(for: plan.operations) }
    let credential = client.credential
    return PreflightReport(
      result: result, caller: credential.account ?? credential.principal ?? credential.caller)
  }
}
