import Diagnostics
import YAML

/// The combinations of a document's `each`: one instance of the document for each.
///
///     each: {team: "${teams}", env: [dev, prod], except: [{team: web, env: prod}]}
struct Each {
  struct Instance {
    var values: [String: Variables.Value]
    /// `team=payments, env=prod`
    var label: String
  }
  private(set) var instances: [Instance] = []
  private(set) var names: [(name: String, position: SourcePosition)] = []

  static let maximumInstances = 10_000

  /// One name of `each`, with its values in order.
  struct Axis {
    var name: String
    var position: SourcePosition
    var choices: [(label: String, value: Variables.Value)]
  }

  /// Nil if a part of it is wrong, which was reported.
  init?(_ node: YAMLNode, substitution: inout Substitution, sink: DiagnosticSink) {
    guard let pairs = node.pairs else {
      sink.error(
        .badEach, "`each` is \(node.shape), not a map", at: node.position,
        help: "write each: {NAME: [a, b]}")
      return nil
    }
    let start = sink.checkpoint
    var axes: [Axis] = []
    var exceptions: YAMLNode?
    for pair in pairs {
      let value = substitution.apply(to: pair.value)
      if pair.key == "except" {
        exceptions = value
      } else if let axis = Self.axis(
        pair, value: value, variables: substitution.variables, sink: sink)
      {
        axes.append(axis)
      }
    }
    guard sink.isSound(since: start) else { return nil }
    guard Self.isWithinLimit(axes, node: node, sink: sink) else { return nil }
    names = axes.map { ($0.name, $0.position) }
    let excluded = Self.exceptions(exceptions, axes: axes, sink: sink)
    guard sink.isSound(since: start) else { return nil }
    var combinations = Combinations(axes: axes, budget: substitution.variables.budget)
    combinations.run(excluded)
    sink.step(combinations.steps)
    guard !substitution.variables.budget.isSpent else {
      sink.error(
        .expansionTooLarge,
        "variables and `each` expand these manifests to more than \(ExpansionBudget.maximumTotal >> 20) MiB",
        at: node.position, help: "shorten the names and values of `each`, or split the document")
      return nil
    }
    instances = combinations.instances
  }

  private static func axis(
    _ pair: YAMLPair, value: YAMLNode, variables: Variables, sink: DiagnosticSink
  ) -> Axis? {
    guard Template.isName(pair.key) else {
      sink.error(.badEach, "`\(pair.key)` is not a valid variable name", at: pair.keyPosition)
      return nil
    }
    if variables.values[pair.key] != nil || variables.missing[pair.key] != nil {
      sink.error(
        .badEach, "`\(pair.key)` is a variable of the Stack already", at: pair.keyPosition,
        help: "give it another name here")
      return nil
    }
    var axis = Axis(name: pair.key, position: pair.keyPosition, choices: [])
    switch value.content {
    case .mapping(let pairs):
      axis.choices = pairs.map { ($0.key, Variables.Value(key: $0.key, $0.value)) }
    case .sequence(let items):
      for item in items {
        guard let label = label(of: item) else {
          sink.error(
            .badEach, "an element of `\(pair.key)` is \(item.shape)", at: item.position,
            label: "text, or a map with a `name`")
          return nil
        }
        axis.choices.append((label, Variables.Value(item)))
      }
      if SecretName.promises(pair.key) { sink.note(secretsIn: value) }
    case .scalar:
      // A failed look-up was reported already.
      if value.mayHaveVariables { return nil }
      sink.error(
        .badEach, "`\(pair.key)` is \(value.shape), not a list", at: value.position,
        help: "write \(pair.key): [a, b], or the name of a list variable in \"${...}\"")
      return nil
    }
    return axis
  }

  /// The name of an element in messages and `except`: its text, its `name`, or its first text.
  private static func label(of node: YAMLNode) -> String? {
    if node.isNull { return nil }
    if let text = node.scalar?.text { return text }
    return node["name"]?.scalar?.text
      ?? node.pairs?.lazy.filter { !SecretName.promises($0.key) }
      .compactMap { $0.value.scalar?.text }.first
  }

  private static func isWithinLimit(_ axes: [Axis], node: YAMLNode, sink: DiagnosticSink)
    -> Bool
  {
    var count = 1
    for axis in axes {
      count *= axis.choices.count
      guard count <= maximumInstances else {
        sink.error(
          .badEach, "`each` creates more than \(maximumInstances) instances", at: node.position,
          help: "split the document")
        return false
      }
    }
    return true
  }

  /// The conditions of one element of `except`, by the number of the axis.
  struct Exception: Hashable {
    var labels: [Int: String]
  }

  private static func exceptions(_ node: YAMLNode?, axes: [Axis], sink: DiagnosticSink)
    -> [Exception]
  {
    guard let node else { return [] }
    guard let items = node.items else {
      sink.error(.badEach, "`except` is \(node.shape), not a list of maps", at: node.position)
      return []
    }
    let reader = ExceptionReader(axes, sink)
    var seen: Set<Exception> = []
    return items.compactMap { item in
      guard let exception = reader.exception(item) else { return nil }
      return seen.insert(exception).inserted ? exception : nil
    }
  }
}

/// Reads the elements of `except`.
private struct ExceptionReader {
  let axes: [Each.Axis]
  let sink: DiagnosticSink
  private let numbers: [String: Int]
  private let names: Vocabulary
  private let labels: [Set<String>]
  private let vocabularies: [Vocabulary]

  init(_ axes: [Each.Axis], _ sink: DiagnosticSink) {
    self.axes = axes
    self.sink = sink
    numbers = Dictionary(axes.enumerated().map { ($1.name, $0) }) { first, _ in first }
    names = Vocabulary(axes.map(\.name))
    labels = axes.map { Set($0.choices.map(\.label)) }
    vocabularies = axes.map { Vocabulary($0.choices.map(\.label)) }
  }

  /// Nil, reported, for a name that `each` does not have.
  func exception(_ item: YAMLNode) -> Each.Exception? {
    guard let pairs = item.pairs, !pairs.isEmpty else {
      sink.error(.badEach, "an element of `except` is \(item.shape), not a map", at: item.position)
      return nil
    }
    var exception = Each.Exception(labels: [:])
    for pair in pairs {
      guard let number = numbers[pair.key] else {
        sink.error(
          .badEach, "`except` names `\(pair.key)`, which `each` does not", at: pair.keyPosition,
          label: sink.suggestion(for: pair.key, in: names))
        return nil
      }
      guard let text = pair.value.scalar?.text, labels[number].contains(text) else {
        sink.error(
          .badEach, "`\(pair.value.scalar?.text ?? pair.value.shape)` is not among `\(pair.key)`",
          at: pair.value.position,
          label: sink.suggestion(
            for: pair.value.scalar?.text ?? "", in: vocabularies[number]))
        return nil
      }
      // A condition on an axis with one value is met by every combination, so it restricts nothing.
      if labels[number].count > 1 { exception.labels[number] = text }
    }
    return exception
  }
}
