/// Members that hold a project's number at Google, and that a manifest writes with the project's id.
///
/// - `serviceAgent:artifactregistry@my-project`: a Google service agent.
/// - `principalSet://iam.googleapis.com/projects/my-project/locations/global/...`: identities of a pool.
public enum NumberedMember {
  /// The project whose number the member needs; nil for every other member.
  public static func project(in member: String) -> String? {
    if member.hasPrefix(agent) {
      return member.lastIndex(of: "@").map { String(member[member.index(after: $0)...]) }
    }
    return range(in: member).map { String(member[$0]) }
  }

  /// The member in the form of policies; nil while the number is unknown, and for every other member.
  public static func resolved(_ member: String, projectNumbers: [String: String]) -> String? {
    if member.hasPrefix(agent) {
      return ServiceAgents.member(member, projectNumbers: projectNumbers)
    }
    guard let range = range(in: member), let number = projectNumbers[String(member[range])] else {
      return nil
    }
    return member.replacingCharacters(in: range, with: number)
  }

  /// A member of policies with the project's id in place of its number; nil if it has no number, or an unknown one.
  public static func named(_ member: String, projectIDs: [String: String]) -> String? {
    guard let range = project(of: member), let id = projectIDs[String(member[range])] else {
      return nil
    }
    return member.replacingCharacters(in: range, with: id)
  }

  private static let agent = "serviceAgent:"

  /// Where the id of the project is in `principal://HOST/projects/ID/...`; nil for a number and for other members.
  private static func range(in member: String) -> Range<String.Index>? {
    guard let range = project(of: member) else { return nil }
    return NameRules.projectNumber(String(member[range])) == nil ? nil : range
  }

  /// Where the project is in `principal://HOST/projects/PROJECT/...`, by its id or its number; nil for other members.
  private static func project(of member: String) -> Range<String.Index>? {
    guard member.hasPrefix("principal"), let host = member.firstRange(of: "://"),
      let path = member[host.upperBound...].firstIndex(of: "/")
    else { return nil }
    let rest = member[member.index(after: path)...]
    guard rest.hasPrefix("projects/") else { return nil }
    let start = rest.index(rest.startIndex, offsetBy: "projects/".count)
    let end = rest[start...].firstIndex(of: "/") ?? rest.endIndex
    return start..<end
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
