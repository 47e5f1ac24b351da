/// A place in a stream as libyaml counts it: from 0, lines and code points.
struct YAMLMark {
  var line: Int
  var column: Int
  /// Code points since the start of the stream.
  var index: Int
}

/// One step of a YAML stream, free of C types.
enum YAMLEvent {
  case streamEnd
  case documentStart(hasTagDirective: Bool)
  case documentEnd
  case alias(String)
  case scalar(YAMLScalar, properties: YAMLProperties)
  case sequenceStart(properties: YAMLProperties, isFlow: Bool)
  case mappingStart(properties: YAMLProperties, isFlow: Bool)
  case collectionEnd
  /// What libyaml has no further event for: the first call of every parse.
  case streamStart
}

/// The anchor and the tag in front of a node.
struct YAMLProperties {
  var anchor: String?
  var tag: String?
}

/// libyaml's error about text that it cannot read.
struct YAMLProblem: Error {
  /// What was found, in libyaml's words; a constant string of the library.
  var problem: String
  var mark: YAMLMark
  /// What was being read at the time, and where that began.
  var context: String
  var contextMark: YAMLMark
}
