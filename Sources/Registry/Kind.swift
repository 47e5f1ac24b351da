public import JSON
public import Model

/// One kind of document in the manifest language: its names, its fields and its own rules.
///
/// The schema drives everything that can be said of a field once and for all; a kind adds what takes more than one field.
public protocol Kind: Sendable {
  /// As manifests write it: `Repository`.
  var name: String { get }
  /// As addresses write it: `repository`; nil for one whose documents have no address.
  var segment: Address.Kind? { get }
  /// One sentence for reference pages.
  var summary: String { get }
  /// What its identity is made of.
  var identity: KindIdentity { get }
  /// The fields of `spec`: those of Google's resource, and with `.manifestOnly` those of the language alone.
  var schema: Schema { get }
  /// What is wrong with `metadata.name`, or nil; naming rules are Google's (reference section 3).
  func problem(withName name: String) -> String?
  /// Rules between fields, on a decoded `spec` in wire form.
  func check(_ spec: JSONObject) -> [SpecProblem]
  /// What keeps a live resource from being compared with the written fields, beyond what the schema says of each field:
  /// nil where nothing does. A difference that is concluded from such an answer could replace what is there.
  func problem(inLive live: JSONValue, written: JSONObject) -> String?
  /// Whether something new can have the id of what was just deleted. What cannot be made again is never replaced.
  var canBeMadeAgain: Bool { get }
}

extension Kind {
  public var canBeMadeAgain: Bool { true }
  public func check(_ spec: JSONObject) -> [SpecProblem] { [] }
  public func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
}

/// What an address of a kind holds behind the project.
public enum KindIdentity: Sendable, Hashable {
  /// Not an address of its own: Stack and IAMBinding.
  case none
  /// The project itself: `P/project`.
  case project
  /// `P/KIND/NAME`.
  case name
  /// `P/KIND/LOCATION/NAME`.
  case locationAndName
  /// `P/KIND/ACCOUNT/NAME`.
  case accountAndName
}

/// What a checker found: the field it is about, for the caller to turn into file, line and column.
public struct SpecProblem: Sendable, Hashable {
  public var path: FieldPath
  public var isWarning: Bool
  public var message: String
  public var help: String?
  public init(_ path: FieldPath, _ message: String, isWarning: Bool = false, help: String? = nil) {
    self.path = path
    self.message = message
    self.isWarning = isWarning
    self.help = help
  }
}
