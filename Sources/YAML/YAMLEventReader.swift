import CLibYAML

/// libyaml's event parser for bytes in memory. Owns its handle (`yaml_parser_t`).
///
/// The bytes must be UTF-8 without forbidden characters (`SourceBytes` checks that) and must outlive the reader.
struct YAMLEventReader: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// The start and end of the last event from `next()`.
  private(set) var start = YAMLMark(line: 0, column: 0, index: 0)
  private(set) var end = YAMLMark(line: 0, column: 0, index: 0)

  /// Fails if there is no memory (`yaml_parser_initialize`).
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      return nil
    }
    // With a given encoding, libyaml does not look for a byte order mark.
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The next event. Throws what is wrong with the text, after which there are no more events (`yaml_parser_parse`).
  mutating func next() throws(YAMLProblem) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw problem }
    defer { yaml_event_delete(&event) }
    start = YAMLMark(event.start_mark)
    end = YAMLMark(event.end_mark)
    return YAMLEvent(event)
  }

  private var problem: YAMLProblem {
    let text = parser.pointee.problem.map { String(cString: $0) }
    let context = parser.pointee.context.map { String(cString: $0) }
    return YAMLProblem(
      problem: text ?? "out of memory", mark: YAMLMark(parser.pointee.problem_mark),
      context: context ?? "", contextMark: YAMLMark(parser.pointee.context_mark))
  }
}

extension YAMLMark {
  init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line), column: Int(mark.column), index: Int(mark.index))
  }
}

extension YAMLEvent {
  init(_ event: yaml_event_t) {
    switch event.type {
    case YAML_SCALAR_EVENT: self = .scalar(event.data.scalar)
    case YAML_MAPPING_START_EVENT:
      let data = event.data.mapping_start
      self = .mappingStart(
        properties: YAMLProperties(data.anchor, data.tag),
        isFlow: data.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_SEQUENCE_START_EVENT:
      let data = event.data.sequence_start
      self = .sequenceStart(
        properties: YAMLProperties(data.anchor, data.tag),
        isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE)
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: self = .collectionEnd
    case YAML_ALIAS_EVENT: self = .alias(text(event.data.alias.anchor) ?? "")
    case YAML_DOCUMENT_START_EVENT:
      let tags = event.data.document_start.tag_directives
      self = .documentStart(hasTagDirective: tags.start != tags.end)
    case YAML_DOCUMENT_END_EVENT: self = .documentEnd
    case YAML_STREAM_START_EVENT: self = .streamStart
    default: self = .streamEnd
    }
  }

  private static func scalar(_ data: yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar)
    -> YAMLEvent
  {
    let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
    let style: YAMLScalar.Style =
      switch data.style {
      case YAML_PLAIN_SCALAR_STYLE: .plain
      case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
      default: .quoted
      }
    return .scalar(
      YAMLScalar(String(decoding: bytes, as: UTF8.self), style: style),
      properties: YAMLProperties(data.anchor, data.tag))
  }
}

extension YAMLProperties {
  init(_ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?) {
    self.init(anchor: text(anchor), tag: text(tag))
  }
}

private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
  pointer.map { String(cString: $0) }
}
