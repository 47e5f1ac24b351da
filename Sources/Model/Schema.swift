public import JSON

/// The fields of one kind of resource: the one list behind decoding, diagnostics, diff, update masks and reference
/// pages.
public struct Schema: Sendable {
  /// In the order of reference pages.
  public let fields: [Field]
  /// Takes the fields of the outermost object; every name is unique.
  public init(_ fields: [Field]) { self.fields = fields }

  /// The top-level field of this name; nil if there is none.
  public subscript(name: String) -> Field? { fields.first { $0.name == name } }
}

/// One field of a resource or of an object inside it.
public struct Field: Sendable {
  /// Google's name for it, in camel case.
  public let name: String
  /// The values that it accepts.
  public let type: FieldType
  /// Its further properties; empty for a field that users may set, change and reset.
  public var traits: Traits
  /// The server's value if the field was never sent, and the result of a reset. Nil: the type's zero value (empty,
  /// false, 0, the unspecified enum value).
  public var defaultValue: JSONValue?
  /// One or two sentences for reference pages.
  public var documentation: String
  /// For a required field: the value of another field of the same object that makes it unnecessary.
  public var exception: Exception?

  /// A value of another field.
  public struct Exception: Sendable, Hashable {
    /// The name of the other field.
    public var field: String
    /// Its value, in wire form.
    public var value: String
  }

  /// What it demands of itself and of the fields beside it, for editors. The kind's `check` reports the same, and a test
  /// holds the two against each other.
  public var relations: [Relation] = []

  /// A rule between a field and the ones beside it.
  public enum Relation: Sendable, Hashable {
    /// It cannot be reset to nothing.
    case notNull
    /// An empty list of it is an error.
    case notEmpty
    /// An empty list of it is an error, unless the other field is written and not false.
    case notEmptyWithout(String)
    /// It cannot be written beside the other field.
    case excludes(String)
    /// It must be written, unless the other field is.
    case requiredWithout(String)
    /// Written and not false, it needs the other field.
    case needs(String)
    /// It is only for this value of an enum beside it; with `isNeeded` it must be written then.
    case belongsTo(String, value: String, isNeeded: Bool)
    /// It cannot be written beside this value of an enum beside it.
    case notWith(String, value: String)
  }

  /// The properties of a field that decide how it is decoded, compared or written.
  public struct Traits: OptionSet, Sendable, Hashable {
    /// One bit for each.
    public let rawValue: UInt16
    /// These bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Must be written, and cannot be reset.
    public static let required = Traits(rawValue: 1 << 0)
    /// Cannot be changed once the resource exists.
    public static let immutable = Traits(rawValue: 1 << 1)
    /// Set by the server; writing it in a manifest is an error.
    public static let outputOnly = Traits(rawValue: 1 << 2)
    /// In every answer of the server: an answer without it is not evidence about the resource.
    public static let returned = Traits(rawValue: 1 << 3)
    /// Accepted by the server and never returned, so it cannot be compared.
    public static let inputOnly = Traits(rawValue: 1 << 4)
    /// Part of the manifest language only; no field of Google's resource.
    public static let manifestOnly = Traits(rawValue: 1 << 5)
    /// A field that another API stores for the resource, and that separate calls read and write.
    public static let otherAPI = Traits(rawValue: 1 << 6)
    /// The update mask names its own path, not that of the top-level field around it.
    public static let ownMask = Traits(rawValue: 1 << 7)
    /// Can be changed in place although the field around it cannot; the mask names the top-level field.
    public static let changeable = Traits(rawValue: 1 << 8)
    /// Refers to a secret in another place. A value that does not match the field's rule may be the secret itself, and
    /// is never shown.
    public static let secretReference = Traits(rawValue: 1 << 9)
    /// Holds private key material or a password; never accepted in a manifest.
    public static let secret = Traits(rawValue: 1 << 10)
  }

  /// By default a field whose default is the type's zero value.
  public init(
    _ name: String, _ type: FieldType, _ traits: Traits = [],
    default defaultValue: JSONValue? = nil,
    _ documentation: String
  ) {
    self.name = name
    self.type = type
    self.traits = traits
    self.defaultValue = defaultValue
    self.documentation = documentation
  }

  /// The same field, which need not be written where another field of the object has this value.
  public func unless(_ field: String, is value: String) -> Field {
    var copy = self
    copy.exception = Exception(field: field, value: value)
    return copy
  }

  /// The same field with these relations.
  public func with(_ relations: Relation...) -> Field {
    var field = self
    field.relations += relations
    return field
  }

  /// A field without traits.
  public init(
    _ name: String, _ type: FieldType, default defaultValue: JSONValue? = nil,
    _ documentation: String
  ) {
    self.init(name, type, [], default: defaultValue, documentation)
  }
}

/// The values that a field accepts, and when two of them are equal.
public indirect enum FieldType: Sendable {
  case string(StringRule = StringRule())
  case boolean
  /// True, false, or one of these words; only in the manifest language.
  case booleanOr([String])
  case integer(ClosedRange<Int64>)
  /// `30d`, `12h`, `2592000s`; on the wire seconds with an `s`.
  case duration
  /// A time of RFC 3339.
  case timestamp
  /// A 64-bit count that the wire carries as a string; only in output.
  case int64
  case enumeration(Enumeration)
  case object([Field])
  /// Keys to strings, merged by key: unnamed keys stay.
  case labels
  /// Ids to values, an exact set; `idField` repeats the key inside the value on the wire.
  case map(FieldType, idField: String?)
  case list(FieldType, ListSemantics)
  /// Any value; only in the manifest language.
  case any

  /// When two lists are equal.
  public enum ListSemantics: Sendable, Hashable {
    case ordered
    /// Order and repetition do not matter.
    case set
    /// Objects, identified by the named field; order does not matter.
    case keyed(String)
  }
}

/// The rule for the form of a string.
public struct StringRule: Sendable {
  /// The target of a reference.
  public enum Target: Sendable, Hashable {
    /// A project, by its id.
    case project
    /// A role, as in a grant.
    case role
    /// A member, as in a policy.
    case member
    /// Any resource that has a policy.
    case policyResource
    /// A resource of one kind.
    case kind(KindID)
  }
  /// The most bytes of UTF-8; nil: no limit.
  public var maximumBytes: Int?
  /// The target of the string, if it is a reference.
  public var reference: Target?
  /// When two of its values are equal.
  public enum Equality: Sendable, Hashable {
    /// If they have the same characters.
    case text
    /// If they differ in white space at their ends only.
    case trimmed
    /// If they are the same JSON value, or else the same text.
    case json
  }
  /// When two of its values are equal.
  public var equality: Equality
  /// Returns what is wrong with a value, or nil.
  public var check: (@Sendable (String) -> Problem?)?

  /// By default a rule that accepts every string, and compares characters.
  public init(
    maximumBytes: Int? = nil, reference: Target? = nil, equality: Equality = .text,
    check: (@Sendable (String) -> Problem?)? = nil
  ) {
    self.maximumBytes = maximumBytes
    self.reference = reference
    self.equality = equality
    self.check = check
  }
}

/// The values of an enum, by their names on the wire.
public struct Enumeration: Sendable, Hashable {
  /// In Google's order, without the unspecified value.
  public let values: [String]
  /// `FORMAT_UNSPECIFIED`: equal to the field being absent.
  public let unspecified: String?
  /// The suffix that a manifest may leave off: `_REPOSITORY`.
  public let suffix: String

  /// By default an enum whose values have no suffix.
  public init(_ values: [String], unspecified: String?, suffix: String = "") {
    self.values = values
    self.unspecified = unspecified
    self.suffix = suffix
    var names: [String: String] = [:]
    for value in values {
      let name = value.uppercased()
      for spelling in [name, name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name]
      where names[spelling] == nil {
        names[spelling] = value
      }
    }
    wireNames = names
  }

  /// The values by their full and their short names in upper case.
  private let wireNames: [String: String]

  /// The short lower-case form in manifests: `STANDARD_REPOSITORY` is `standard`, `DOCKER_HUB` is `docker_hub`.
  public func shortName(of value: String) -> String {
    let stem = value.hasSuffix(suffix) ? String(value.dropLast(suffix.count)) : value
    return stem.lowercased()
  }

  /// The wire name for the text in a manifest: the full or the short name, in any case, `-` for `_`; nil if there is
  /// none.
  public func wireValue(for text: String) -> String? {
    // Answers have the name itself.
    if values.contains(text) { return text }
    let bytes = text.uppercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    return wireNames[String(decoding: bytes, as: UTF8.self)]
  }
}
