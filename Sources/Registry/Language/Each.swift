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

  private struct Axis {
    var name: String
    var position: SourcePosition
    var choices: [(label: String, value: Variables.Value)]
  }

  /// Nil when something in it is wrong, which was reported.
  init?(_ node: YAMLNode, _ substitution: inout Substitution, _ sink: DiagnosticSink) {
    guard let pairs = node.pairs else {
      sink.error(
        .badEach, "`each` is \(node.shape), not a map", at: node.position,
        help: "write each: {NAME: [a, b]}")
      return nil
    }
    let before = sink.errorCount
    var axes: [Axis] = []
    var exceptions: YAMLNode?
    for pair in pairs {
      let value = substitution.apply(to: pair.value)
      if pair.key == "except" {
        exceptions = value
      } else if let axis = Self.axis(pair, value, substitution.variables, sink) {
        axes.append(axis)
      }
    }
    guard sink.errorCount == before else { return nil }
    guard Self.isWithinLimit(axes, node, sink) else { return nil }
    names = axes.map { ($0.name, $0.position) }
    let excluded = Self.exceptions(exceptions, axes, sink)
    combine(axes, excluded, sink)
    guard sink.errorCount == before else { return nil }
  }

  private static func axis(
    _ pair: YAMLPair, _ value: YAMLNode, _ variables: Variables, _ sink: DiagnosticSink
  ) -> Axis? {
    guard Template.isName(pair.key) else {
      sink.error(.badEach, "`\(pair.key)` is no variable's name", at: pair.keyPosition)
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
    case .scalar:
      // A variable that could not be looked up was reported already.
      if value.mayHaveVariables { return nil }
      sink.error(
        .badEach, "`\(pair.key)` is \(value.shape), not a list", at: value.position,
        help: "write \(pair.key): [a, b], or the name of a list variable in \"${...}\"")
      return nil
    }
    return axis
  }

  /// What an element is called in messages and `except`: its text, its `name`, or its first text.
  private static func label(of node: YAMLNode) -> String? {
    if node.isNull { return nil }
    if let text = node.scalar?.text { return text }
    return node["name"]?.scalar?.text ?? node.pairs?.lazy.compactMap { $0.value.scalar?.text }.first
  }

  private static func isWithinLimit(_ axes: [Axis], _ node: YAMLNode, _ sink: DiagnosticSink)
    -> Bool
  {
    var count = 1
    for axis in axes {
      count *= axis.choices.count
      guard count <= maximumInstances else {
        sink.error(
          .badEach, "`each` makes more than \(maximumInstances) instances", at: node.position,
          help: "split the document")
        return false
      }
    }
    return true
  }

  private struct Exception {
    var labels: [String: String]
    var position: SourcePosition
  }

  private static func exceptions(_ node: YAMLNode?, _ axes: [Axis], _ sink: DiagnosticSink)
    -> [Exception]
  {
    guard let node else { return [] }
    guard let items = node.items else {
      sink.error(.badEach, "`except` is \(node.shape), not a list of maps", at: node.position)
      return []
    }
    return items.compactMap { item in
      guard let pairs = item.pairs, !pairs.isEmpty else {
        sink.error(
          .badEach, "an element of `except` is \(item.shape), not a map", at: item.position)
        return nil
      }
      var labels: [String: String] = [:]
      for pair in pairs {
        guard let axis = axes.first(where: { $0.name == pair.key }) else {
          sink.error(
            .badEach, "`except` names `\(pair.key)`, which `each` does not", at: pair.keyPosition,
            label: sink.suggestion(for: pair.key, in: axes.map(\.name)))
          return nil
        }
        guard let text = pair.value.scalar?.text, axis.choices.contains(where: { $0.label == text })
        else {
          sink.error(
            .badEach, "`\(pair.value.scalar?.text ?? pair.value.shape)` is not among `\(pair.key)`",
            at: pair.value.position,
            label: sink.suggestion(
              for: pair.value.scalar?.text ?? "", in: axis.choices.map(\.label)))
          return nil
        }
        labels[pair.key] = text
      }
      return Exception(labels: labels, position: item.position)
    }
  }

  /// The cross product in the order in which it is written, the last name changing fastest.
  private mutating func combine(_ axes: [Axis], _ excluded: [Exception], _ sink: DiagnosticSink) {
    var combinations: [[Int]] = [[]]
    for axis in axes {
      combinations = combinations.flatMap { head in axis.choices.indices.map { head + [$0] } }
    }
    for combination in combinations {
      let chosen = zip(axes, combination).map { axis, index in (axis.name, axis.choices[index]) }
      let isExcluded = excluded.contains { exception in
        chosen.allSatisfy { name, choice in
          exception.labels[name].map { $0 == choice.label } ?? true
        }
      }
      guard !isExcluded else { continue }
      instances.append(
        Instance(
          values: Dictionary(chosen.map { ($0, $1.value) }) { first, _ in first },
          label: chosen.map { "\($0)=\($1.label)" }.joined(separator: ", ")))
    }
  }
}
