/// The parent of a resource, which determines the form of its address.
public enum Place: Sendable, Hashable {
  /// None: a project. `P/project`.
  case root
  /// A project, as a setting of it: a service, which is enabled and never created. `P/KIND/NAME`.
  case setting(of: KindID)
  /// A project. `P/KIND/NAME`.
  case project(KindID)
  /// A location of a project. `P/KIND/LOCATION/NAME`.
  case location(of: KindID)
  /// Another resource, which the field of this name refers to. `P/KIND/.../NAME`, with the names of the parent first.
  case child(of: KindID, field: String)
}

extension Place {
  /// The kind of the parent; nil for a project.
  public var parent: KindID? {
    switch self {
    case .root: nil
    case .setting(let kind), .project(let kind), .location(let kind), .child(let kind, _): kind
    }
  }

  /// Whether it has no parent.
  public var isRoot: Bool { self == .root }
  /// Whether it is a setting of a project.
  public var isSetting: Bool { if case .setting = self { true } else { false } }
  /// Whether its parent is a resource other than a project.
  public var isChild: Bool { if case .child = self { true } else { false } }
  /// Whether its parent is a location.
  public var isLocation: Bool { if case .location = self { true } else { false } }

  /// How many names an address has.
  public var nameCount: Int {
    switch self {
    case .root: 0
    case .setting, .project: 1
    case .location: 2
    case .child(let parent, _): (parent.resource?.place.nameCount ?? 0) + 1
    }
  }

  /// Whether its document names a project: a child takes that of its parent.
  public var isInProject: Bool {
    switch self {
    case .setting, .project, .location: true
    case .root, .child: false
    }
  }
}
