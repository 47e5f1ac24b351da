package import Model

/// The forms of members that a declared pool or provider gives their meaning:
///
///     pool:workflows/attribute.team/core      pool:workflows@other-project/subject/me
///     github:acme/lib    github:acme/lib@refs/heads/main    github:acme/lib#environment:release
package enum MemberShorthands {
  /// `pool:`, parsed.
  package struct Pool: Hashable {
    /// The pool's id.
    package var name: String
    /// Its project, if it is written.
    package var project: String?
    /// What follows the pool in a member of policies: `attribute.team/core`.
    package var rest: String

    /// Whether it is one identity, and not a set of them.
    package var isSingle: Bool { rest.hasPrefix("subject/") }

    /// Takes what follows `pool:`; throws the problem with it.
    package init(parsing value: String) throws(Problem) {
      guard let slash = value.firstIndex(of: "/") else { throw Self.form(value) }
      let parts = value[..<slash].split(
        separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
      name = String(parts[0])
      project = parts.count == 2 ? String(parts[1]) : nil
      rest = String(value[value.index(after: slash)...])
      if let project, let problem = NameRules.projectID(project) {
        throw problem.of("the project `\(project)` of the pool")
      }
      guard !name.isEmpty, Self.isKnown(rest) else { throw Self.form(value) }
    }

    private static func isKnown(_ rest: String) -> Bool {
      if rest == "*" { return true }
      guard let slash = rest.firstIndex(of: "/"), rest.index(after: slash) < rest.endIndex else {
        return false
      }
      let kind = rest[..<slash]
      let name = kind.dropFirst("attribute.".count).utf8
      return ["subject", "group"].contains(kind)
        || kind.hasPrefix("attribute.") && !name.isEmpty
          && name.allSatisfy { NameRules.isLower($0) || NameRules.isDigit($0) || $0 == 95 }
    }

    private static func form(_ value: String) -> Problem {
      Problem(
        "`pool:\(value)` does not name identities of a pool",
        help:
          "write `pool:NAME/attribute.ATTRIBUTE/VALUE`, `pool:NAME/subject/SUBJECT`, `pool:NAME/group/GROUP` or `pool:NAME/*`"
      )
    }
  }

  /// `github:`, parsed.
  package struct GitHub: Hashable {
    /// Which workflows of the repository.
    package enum Part: Hashable {
      /// All of them.
      case all
      /// Those that run for a branch or a tag: `refs/heads/main`.
      case ref(String)
      /// Those of jobs with an environment.
      case environment(String)
    }
    /// The organization or user.
    package var owner: String
    /// The repository, without its owner.
    package var repository: String
    /// Which workflows of the repository.
    package var part: Part

    /// Takes what follows `github:`; throws the problem with it.
    package init(parsing value: String) throws(Problem) {
      let mark = value.firstIndex { $0 == "@" || $0 == "#" } ?? value.endIndex
      let names = value[..<mark].split(separator: "/", omittingEmptySubsequences: false)
      guard names.count == 2, names.allSatisfy(Self.isName) else { throw Self.form(value) }
      (owner, repository) = (String(names[0]), String(names[1]))
      part = try Self.part(value[mark...], of: value)
    }

    private static func part(_ text: Substring, of value: String) throws(Problem) -> Part {
      if text.isEmpty { return .all }
      let rest = String(text.dropFirst())
      if text.hasPrefix("@") {
        guard ["refs/heads/", "refs/tags/"].contains(where: { isLonger(rest, than: $0) }) else {
          throw Problem(
            "`\(rest)` is not a branch or a tag in `github:\(value)`",
            help: "write `@refs/heads/BRANCH` or `@refs/tags/TAG`")
        }
        return .ref(rest)
      }
      let word = "environment:"
      guard isLonger(rest, than: word) else { throw form(value) }
      return .environment(String(rest.dropFirst(word.count)))
    }

    private static func isLonger(_ text: String, than prefix: String) -> Bool {
      text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count
    }

    private static func isName(_ name: Substring) -> Bool {
      !name.isEmpty
        && name.utf8.allSatisfy { NameRules.isAlphanumeric($0) || "-._".utf8.contains($0) }
    }

    private static func form(_ value: String) -> Problem {
      Problem(
        "`github:\(value)` does not name workflows of GitHub",
        help:
          "write `github:OWNER/REPOSITORY`, `github:OWNER/REPOSITORY@refs/heads/BRANCH` or `github:OWNER/REPOSITORY#environment:NAME`"
      )
    }
  }

  /// Throws the problem with a shorthand of this prefix.
  static func check(prefix: String, _ value: String) throws(Problem) {
    if prefix == "pool" { _ = try Pool(parsing: value) } else { _ = try GitHub(parsing: value) }
  }
}
