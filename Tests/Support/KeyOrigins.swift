package import Model

extension DesiredKey.Origin {
  /// The origins of keys that arctl makes.
  package static let made: [DesiredKey.Origin] = [.uploaded, .google]
}
