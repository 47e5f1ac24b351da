/// What another layer knows of a kind; opaque to this one.
public protocol KindDetails: Sendable {}

// The members by which a kind is found as one of a narrower protocol. A cast to the protocol would search all conformances
// of the program, which takes milliseconds at every start. A test holds the members against the casts.

extension Kind {
  /// Nil: the documents of most other kinds have no addresses.
  public var resource: (any ResourceKind)? { nil }
}

extension ResourceKind {
  /// Itself.
  public var resource: (any ResourceKind)? { self }
  /// Nil, unless it conforms to the protocol.
  public var identityKind: (any IdentityKind)? { nil }
  /// Nil, unless it conforms to the protocol.
  public var abbreviatingKind: (any AbbreviatingKind)? { nil }
  /// Nil, unless it conforms to the protocol.
  public var signInKind: (any SignInKind)? { nil }
  /// Nil, unless another layer says more.
  public var details: (any KindDetails)? { nil }
}

extension IdentityKind {
  /// Itself.
  public var identityKind: (any IdentityKind)? { self }
}

extension AbbreviatingKind {
  /// Itself.
  public var abbreviatingKind: (any AbbreviatingKind)? { self }
}

extension SignInKind {
  /// Itself.
  public var signInKind: (any SignInKind)? { self }
}
