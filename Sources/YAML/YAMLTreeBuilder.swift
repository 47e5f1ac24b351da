import Diagnostics

/// Builds nodes from events within limits, and collects their errors.
struct YAMLTreeBuilder {
  let source: SourceBytes
  /// The line of the file (from 0) that libyaml counts as 0.
  let firstLine: Int
  private(set) var documents: [YAMLNode] = []
  var diagnostics: [Diagnostic] = []

  /// The limit on nested collections in one document; libyaml's time is quadratic in it.
  static let maximumDepth = 32
  /// The limit on the nodes that the aliases of one document repeat.
  static let maximumAliased = 10_000
  /// The limit on the bytes of text that they repeat: each repetition of a text is checked again.
  static let maximumAliasedBytes = 4 << 20

  private let origin: SourcePosition
  private var frames: [Frame] = []
  private var anchors: [String: Anchored] = [:]
  private var aliased = 0
  private var aliasedBytes = 0
  /// The number of events and key comparisons.
  private(set) var steps = 0
  /// The line where the current document starts, from 0, in the file.
  private var documentLine: Int
  /// The number of diagnostics at its start.
  private var diagnosticsBefore = 0
  /// Whether its first key was repeated, which means that a `---` is missing; and whether that happened in any
  /// document.
  private var isMerged = false
  private(set) var hasMerged = false
  /// The last quoted text that spans several lines.
  private(set) var longQuote: (start: SourcePosition, end: SourcePosition)?

  /// The innermost open `[` or `{`.
  var innermostFlow: Frame? { frames.last { $0.isFlow } }

  /// A node, with the cost of an alias to it.
  private struct Anchored {
    var node: YAMLNode
    var count: Int
    var height: Int
    var bytes: Int
  }

  init(source: SourceBytes, firstLine: Int) {
    self.source = source
    self.firstLine = firstLine
    documentLine = firstLine
    origin = SourcePosition(file: source.file, line: 1, column: 1)
  }

  /// Adds the next event. Returns false at the end. Throws if reading must stop.
  mutating func addNext(from reader: inout YAMLEventReader) throws(YAMLStop) -> Bool {
    steps += 1
    let event: YAMLEvent
    do { event = try reader.next() } catch { throw .syntax(error) }
    return try add(event, from: reader.start, to: reader.end)
  }

  private mutating func add(_ event: YAMLEvent, from start: YAMLMark, to end: YAMLMark)
    throws(YAMLStop) -> Bool
  {
    switch event {
    case .streamStart: break
    case .streamEnd: return false
    case .documentStart(let hasTagDirective):
      documentLine = firstLine + start.line
      diagnosticsBefore = diagnostics.count
      isMerged = false
      longQuote = nil
      if hasTagDirective { diagnostics.append(Message.tagDirective(position(start))) }
    case .documentEnd:
      anchors.removeAll(keepingCapacity: true)
      aliased = 0
      aliasedBytes = 0
    case .scalar(let scalar, let properties):
      let place = position(start, to: end)
      let scalar = source.repairedLines.isEmpty ? scalar : original(scalar, place)
      if scalar.style == .quoted, end.line > start.line {
        longQuote = (position(start), position(end))
      }
      check(properties, at: place)
      attach(
        Anchored(
          node: YAMLNode(.scalar(scalar), at: place), count: 1, height: 0,
          bytes: scalar.text.utf8.count),
        anchor: properties.anchor)
    case .alias(let name): try resolve(name, at: position(start, to: end))
    case .sequenceStart(let properties, let isFlow):
      try open(isMapping: false, isFlow: isFlow, properties, at: start)
    case .mappingStart(let properties, let isFlow):
      try open(isMapping: true, isFlow: isFlow, properties, at: start)
    case .collectionEnd: close(at: end)
    }
    return true
  }

  private mutating func open(
    isMapping: Bool, isFlow: Bool, _ properties: YAMLProperties, at start: YAMLMark
  ) throws(YAMLStop) {
    let place = position(start)
    check(properties, at: place)
    try checkDepth(frames.count + 1, at: place)
    frames.append(
      Frame(isMapping: isMapping, isFlow: isFlow, anchor: properties.anchor, position: place))
  }

  private mutating func close(at end: YAMLMark) {
    guard let frame = frames.popLast() else { return }
    steps += frame.steps
    var node = YAMLNode(
      frame.isMapping ? .mapping(frame.pairs) : .sequence(frame.items), at: frame.position)
    node.position.length = frame.lengthOfFirstLine(
      end: position(end), lineLength: { source.textLength(line: $0) })
    attach(
      Anchored(
        node: node, count: frame.count, height: frame.height + 1, bytes: frame.bytes),
      anchor: frame.anchor)
  }

  /// Adds a complete node to the collection around it, or to the documents.
  private mutating func attach(_ value: Anchored, anchor: String?) {
    if let anchor { anchors[anchor] = value }
    guard !frames.isEmpty else {
      if case .scalar(let scalar) = value.node.content, scalar.text.isEmpty,
        scalar.style == .plain
      {
        return
      }
      documents.append(value.node)
      return
    }
    let fault = frames[frames.count - 1].add(
      value.node, count: value.count, height: value.height, bytes: value.bytes)
    if let fault { report(fault) }
  }

  /// Reports a fault. If the first key of a document is repeated, a `---` is missing: it is two documents, and its
  /// other repeated keys are not reported.
  private mutating func report(_ fault: Diagnostic) {
    guard frames.count == 1, !frames[0].isFlow, fault.code == .duplicateKey,
      let first = frames[0].pairs.first
    else { return diagnostics.append(fault) }
    if fault.related.first?.position == first.keyPosition {
      isMerged = true
      hasMerged = true
      var fault = fault
      fault.help = ["if a new document begins here, write a line `---` above it"]
      diagnostics.append(fault)
    } else if !isMerged {
      diagnostics.append(fault)
    }
  }

  private mutating func resolve(_ name: String, at place: SourcePosition) throws(YAMLStop) {
    guard var value = anchors[name] else {
      let isOpen = frames.contains { $0.anchor == name }
      diagnostics.append(Message.unknownAlias(name, isOpen: isOpen, place))
      let empty = YAMLNode(.scalar(YAMLScalar("")), at: place)
      attach(Anchored(node: empty, count: 1, height: 0, bytes: 0), anchor: nil)
      return
    }
    aliased += value.count
    aliasedBytes += value.bytes
    guard aliased <= Self.maximumAliased, aliasedBytes <= Self.maximumAliasedBytes else {
      throw .refused(
        aliased > Self.maximumAliased
          ? Message.aliasBudget(place) : Message.aliasedText(place),
        line: place.line - 1)
    }
    try checkDepth(frames.count + value.height, at: place)
    value.node.position = place
    if frames.last?.isKeyNext == true { diagnostics.append(Message.aliasAsKey(name, place)) }
    attach(value, anchor: nil)
  }

  private func checkDepth(_ depth: Int, at place: SourcePosition) throws(YAMLStop) {
    guard depth > Self.maximumDepth else { return }
    throw .refused(Message.depth(place), line: place.line - 1)
  }

  private mutating func check(_ properties: YAMLProperties, at place: SourcePosition) {
    guard let tag = properties.tag, diagnostics.count < SourceBytes.maximumDiagnostics else {
      return
    }
    var place = place
    place.length = source.tokenLength(at: place)
    diagnostics.append(Message.tag(tag, place))
  }

  /// Removes a text before a syntax error that was not meant as a document of its own.
  private mutating func dropScalarBeforeProblem() {
    guard frames.isEmpty, let last = documents.last, case .scalar = last.content,
      last.position.line > documentLine
    else { return }
    documents.removeLast()
  }

  private func original(_ scalar: YAMLScalar, _ place: SourcePosition) -> YAMLScalar {
    YAMLScalar(source.original(scalar.text, line: place.line - 1), style: scalar.style)
  }

  /// Records why reading stopped, and returns where it continues.
  mutating func recover(from stop: YAMLStop) -> YAMLRecovery {
    let line: Int
    switch stop {
    case .refused(let diagnostic, let at):
      diagnostics.append(diagnostic)
      line = at
    case .syntax(let problem):
      if let variable = source.unquotedVariable(at: position(problem.mark)),
        let place = variable.position, source.repairs < SourceBytes.maximumRepairs
      {
        // The document is read again from its start.
        diagnostics.removeLast(diagnostics.count - diagnosticsBefore)
        diagnostics.append(variable)
        return .again(repairing: place, fromLine: documentLine)
      }
      dropScalarBeforeProblem()
      diagnostics.append(diagnostic(for: problem))
      line = firstLine + problem.mark.line
    }
    let next = source.documentStart(atOrAfter: max(line, documentLine + 1, firstLine + 1))
    return next.map { .next(line: $0) } ?? .end
  }

  /// The position of a mark in the file, with the length of the text up to `end` on its line.
  func position(_ mark: YAMLMark, to end: YAMLMark? = nil) -> SourcePosition {
    let line = firstLine + mark.line
    var length = 1
    if let end, end.line == mark.line {
      length = max(1, end.index - mark.index)
    } else if end != nil {
      length = max(1, source.textLength(line: line) - mark.column)
    }
    return origin.moved(toLine: line + 1, column: mark.column + 1, length: length)
  }
}
