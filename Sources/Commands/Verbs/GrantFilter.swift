import Model

/// Selects rows of the list of grants: `--member` and `--role`.
struct GrantFilter: Sendable {
  private let member: MemberPattern?
  private let roles: [AddressGlob]

  /// Nil selects everything.
  init(member: String?, role: String?) {
    self.member = member.map(MemberPattern.init)
    guard let role else {
      roles = []
      return
    }
    let names =
      role.contains("/") || role == "**"
      ? [role] : ["roles/\(role)", "projects/*/roles/\(role)", "organizations/*/roles/\(role)"]
    roles = names.map(AddressGlob.init)
  }

  func keeps(_ row: ListRow) -> Bool {
    let role = row.values["role"]?.string ?? ""
    let member = row.values["member"]?.string ?? ""
    return (roles.isEmpty || roles.contains { $0.matches(role) })
      && self.member?.matches(member) ?? true
  }
}

/// A member, as a user names it.
///
///     user:ana@example.com                 this member
///     ana@example.com                      whatever its prefix
///     serviceAccount:uploader              an account of any project
///     serviceAccount:uploader@my-project   an account of this project
///     *@example.com                        a glob
private struct MemberPattern: Sendable {
  private let globs: [AddressGlob]
  /// Whether the pattern names no prefix.
  private let isBare: Bool

  init(_ text: String) {
    isBare = !text.contains(":")
    // `allUsers` has no prefix, and is the only kind of member with capitals in it.
    let isWord = isBare && !text.contains("@")
    let text = isBare && !isWord ? text.lowercased() : PolicyMember.normalized(text)
    let account = "serviceAccount:"
    guard text.hasPrefix(account), !text.contains("."), !text.contains("[") else {
      globs = [AddressGlob(text)]
      return
    }
    let mail = text.contains("@") ? text : text + "@*"
    globs = [AddressGlob(text), AddressGlob(mail + ".iam.gserviceaccount.com")]
  }

  /// A deleted member counts as the one that it was: an undelete gives it its grants again.
  func matches(_ member: String) -> Bool {
    let live = PolicyMember.deletedPrincipal(member)?.member
    return [member, live].compactMap { $0 }.contains { name in
      let bare = name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) }
      return globs.contains { glob in
        glob.matches(name) || (isBare && bare.map(glob.matches) ?? false)
      }
    }
  }
}
