extension Substring {
  /// Whether it ends with an ASCII text. Compares bytes.
  package func hasASCIISuffix(_ ending: String) -> Bool {
    utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8)
  }
}
