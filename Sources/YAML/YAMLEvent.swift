/// A position in a stream as libyaml counts it: lines and code points, from 0.
struct YAMLMark {
  var line: Int
  var column: Int
  /// Code points since the start of the stream.
  var index: Int
}

/// One step of a YAML stream, without C types.
enum YAMLEvent {
  case streamEnd
  case documentStart(hasTagDirective: Bool)
  case documentEnd
  case alias(String)
  case scalar(YAMLScalar, properties: YAMLProperties)
  case sequenceStart(properties: YAMLProperties, isFlow: Bool)
  case mappingStart(properties: YAMLProperties, isFlow: Bool)
  case collectionEnd
  /// The start of the stream: the first event of every parse.
  case streamStart
}

/// The anchor and the tag before a node.
struct YAMLProperties {
  var anchor: String?
  var tag: String?
}

/// libyaml's error for text that it cannot read.
struct YAMLProblem: Error {
  /// The problem in libyaml's words, a constant string of the library.
  var problem: String
  var mark: YAMLMark
  /// What was being read, and where that started.
  var context: String
  var contextMark: YAMLMark
}
