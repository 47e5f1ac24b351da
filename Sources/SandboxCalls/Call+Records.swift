package import SandboxIAM
package import SandboxStore
package import SandboxWire

extension Call {
  /// The repository that the path names.
  package func repository(in state: State) throws(APIError) -> RepositoryRecord {
    guard
      let found = state.repository(
        project: project, location: self["location"], id: self["repository"])
    else {
      throw APIError(.notFound, "Requested entity was not found.")
    }
    return found
  }

  /// The live account that the path names, by e-mail or unique id, in its project or through `projects/-`.
  package func account(in state: State) -> AccountRecord? {
    let name = self["account"]
    let byID = state[AccountRecord.self][name].flatMap { $0.deleteTime == nil ? $0 : nil }
    guard let account = byID ?? state.account(email: name.lowercased()) else { return nil }
    if self["project"] == "-" { return account }
    return account.project == state.project(self["project"])?.id ? account : nil
  }
}

extension APIError {
  /// IAM's 404 for an account that does not exist.
  package static let unknownAccount = APIError(
    .notFound, "Unknown service account", reason: "notFound")
}
