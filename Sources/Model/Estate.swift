public import Diagnostics
public import JSON

/// What manifests are to be written from: what lives in Google's cloud, or what the files of another tool say of it.
public struct Estate: Sendable {
  /// The resources with their fields in Google's wire form; a project that is only named has none.
  public var resources: [Address: JSONValue] = [:]
  /// The grants of each policy, by the policy's own address, in order.
  public var grants: [Address: [EstateGrant]] = [:]
  /// The user-managed keys of each account, by the account's address.
  public var keys: [Address: [LiveKey]] = [:]
  /// What a plan may do to a resource, where it is not the default.
  public var lifecycles: [Address: Lifecycle] = [:]
  /// Remarks that belong above the document of a resource, or of a policy's grants: one sentence each, of any length.
  public var notes: [Address: [String]] = [:]
  /// Project numbers by id, as far as they are known.
  public var projectNumbers: [String: String] = [:]
  /// What no document holds, with the reason.
  public var leftOut: [LeftOut] = []

  /// An estate without anything in it.
  public init() {}
}

/// Who holds one role under one condition.
public struct EstateGrant: Sendable, Hashable {
  /// Whether others may hold the role, too.
  public enum Exclusivity: Sendable, Hashable {
    /// The members are added to those that others granted.
    case additive
    /// Only they hold the role under this condition.
    case condition
    /// Only they hold the role on this policy, whatever the condition.
    case role
  }
  /// The role's name as policies have it: `roles/artifactregistry.reader`.
  public var role: String
  /// Nil for grants without a condition.
  public var condition: PolicyCondition?
  /// As policies have them: `user:ana@example.com`.
  public var members: [String]
  /// Whether others may hold the role, too.
  public var exclusivity: Exclusivity

  /// By default an additive grant without a condition.
  public init(
    role: String, condition: PolicyCondition? = nil, members: [String],
    exclusivity: Exclusivity = .additive
  ) {
    self.role = role
    self.condition = condition
    self.members = members
    self.exclusivity = exclusivity
  }
}

/// Something that no manifest holds after an export or a conversion.
public struct LeftOut: Sendable, Hashable {
  /// How much it matters.
  public enum Weight: Int, Sendable, Hashable, Comparable {
    /// Nobody needs to write it down: Google made it.
    case standard
    /// It exists, and the manifests do not say so.
    case missing
    /// It could not be read, so it is not known what exists.
    case unread

    public static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
  }
  /// How much it matters.
  public var weight: Weight
  /// What it is: an address, or a name in the file of another tool.
  public var thing: String
  /// Why no document holds it: a sentence without a full stop.
  public var reason: String
  /// Its place in the file of another tool; nil for what was read from the cloud.
  public var source: SourcePosition?

  /// By default something that exists and was read from the cloud.
  public init(
    _ thing: String, _ reason: String, weight: Weight = .missing, source: SourcePosition? = nil
  ) {
    self.thing = thing
    self.reason = reason
    self.weight = weight
    self.source = source
  }
}

/// How a kind writes a resource of a cloud as a document.
public enum WrittenForm: Sendable {
  /// Its fields in wire form; `metadata.name`, if it is not the id; and sentences about what a document cannot express.
  case document(JSONObject, name: String? = nil, remarks: [String] = [])
  /// It is one entry of a list field of its parent's document: a service of a project.
  case entry(field: String)
  /// No document can hold it; a sentence without a full stop.
  case none(String)
}
