import CloudResources
import GoogleCloud
import Grammar
import JSON
import Model

/// Puts the numbers of projects that this run created into members that name the projects by their ids; the plan knew
/// all other numbers.
struct ProjectNumbers: Sendable {
  let calls: CloudCalls
  /// The policy to write.
  let policy: Address

  /// The intent in the form of policies.
  func numbered(_ intent: PolicyIntent) async throws(APIError) -> PolicyIntent {
    let projects = Set(
      intent.entries.flatMap { $0.add + $0.remove }.compactMap(NumberedMember.project(in:)))
    guard !projects.isEmpty else { return intent }
    var numbers: [String: String] = [:]
    for project in projects.sorted() { numbers[project] = try await number(of: project) }
    let known = numbers
    func resolved(_ member: String) -> String {
      NumberedMember.resolved(member, projectNumbers: known) ?? member
    }
    var result = intent
    result.entries = intent.entries.map { entry in
      var entry = entry
      entry.add = entry.add.map(resolved)
      entry.remove = entry.remove.map(resolved)
      entry.revoked = Set(entry.revoked.map(resolved))
      entry.places = Dictionary(
        entry.places.map { (resolved($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
      return entry
    }
    return result
  }

  private func number(of project: String) async throws(APIError) -> String {
    let address = Address(project: project, policy.root.kind)
    guard let call = ReadCalls.resource(address) else {
      throw APIError(.malformed, label: "\(address)", "projects cannot be read")
    }
    return try Self.number(in: try await calls.call(call, on: address), of: address)
  }

  /// The number in an answer about a project.
  static func number(
    in answer: JSONValue, of project: Address
  ) throws(APIError) -> String {
    let parts = ResourceNames.parts(of: answer["name"]?.string ?? "")
    guard project.rest?.isAbout(answer, project) == true, let number = parts.last else {
      throw APIError(
        .malformed, label: project.rest?.label("get", project) ?? "\(project)",
        "the answer does not contain the project's number")
    }
    return String(number)
  }
}
