public import Model

/// A part of an estate, as lines of a manifest are about it: what can be left out if nothing can write it.
public enum ManifestMark: Sendable, Hashable {
  /// The settings of the set.
  case stack
  /// A document and everything in it.
  case document(Address)
  /// A field of a document.
  case field(Address, String)
  /// An entry of a list field that is a resource of its own: a service of a project.
  case entry(Address)
  /// All members with one role under one condition: the policy, and the place of the grant in the estate.
  case grant(Address, Int)
  /// One member of a grant, by its place there.
  case member(Address, Int, Int)

  private static func words(_ grant: EstateGrant) -> String {
    grant.condition.map { " if \"\($0.title)\"" } ?? ""
  }

  /// What it is called in a report.
  public func thing(in estate: Estate) -> String {
    switch self {
    case .stack: return "the Stack"
    case .document(let address), .entry(let address): return "\(address)"
    case .field(let address, let name): return "\(address) \(name)"
    case .grant(let policy, let index):
      guard let grant = estate.grants[policy]?[index] else { return "\(policy)" }
      return "\(policy) \(grant.role) \(grant.members.joined(separator: ", "))\(Self.words(grant))"
    case .member(let policy, let index, let member):
      guard let grant = estate.grants[policy]?[index] else { return "\(policy)" }
      return "\(policy) \(grant.role) \(grant.members[member])\(Self.words(grant))"
    }
  }
}
