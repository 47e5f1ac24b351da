import Reconcile

extension Field {
  /// A field with no trait and the zero value of its type as its default.
  init(_ name: String, _ type: FieldType, _ documentation: String) {
    self.init(name, type, [], documentation)
  }
}
