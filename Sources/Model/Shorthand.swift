public import JSON

/// A member of a policy as a manifest abbreviates it: `pool:workflows/group/core`, `github:acme/lib`. A declared resource
/// gives it its meaning.
public struct MemberShorthand: Sendable, Hashable {
  /// What is before the colon: `pool`, `github`.
  public var prefix: String
  /// What follows it.
  public var value: String
  /// The project of the document that contains it.
  public var project: String

  /// A shorthand in a document of this project.
  public init(prefix: String, value: String, project: String) {
    self.prefix = prefix
    self.value = value
    self.project = project
  }
}

/// A kind whose resources give shorthands of members their meaning: the pool of `pool:NAME/...`.
public protocol IdentityKind: ResourceKind {
  /// The member in the form of policies, which may have a project's id in place of its number; nil if this resource does
  /// not define the shorthand.
  ///
  /// - Parameter spec: the fields as the document writes them, those of the language alone included.
  /// - Throws: if the shorthand is about this resource, and wrong.
  func member(
    for shorthand: MemberShorthand, of address: Address, with spec: JSONObject
  ) throws(Problem) -> String?

  /// The shorthand of one of this resource's identities, for a document of `project`; nil for every other member.
  ///
  /// - Parameter number: the number of the resource's own project, which live policies have in place of its id.
  func shorthand(of member: String, at address: Address, number: String?, in project: String)
    -> String?
}

/// A kind with fields of the language alone that stand for several fields of Google's resource.
public protocol AbbreviatingKind: ResourceKind {
  /// The fields with Google's in place of those that stand for them.
  func expanded(_ spec: JSONObject) -> JSONObject
}
