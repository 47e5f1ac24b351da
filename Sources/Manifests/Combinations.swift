/// The cross product of the axes of `each` without its exceptions, in the written order: the last name changes fastest.
///
/// It proceeds axis by axis with the exceptions that still match, so that each combination is compared with few of
/// them.
struct Combinations {
  let axes: [Each.Axis]
  let budget: ExpansionBudget
  private(set) var instances: [Each.Instance] = []
  /// How many exceptions were compared.
  private(set) var steps = 0
  private var chosen: [Int] = []

  init(axes: [Each.Axis], budget: ExpansionBudget) {
    self.axes = axes
    self.budget = budget
  }

  mutating func run(_ exceptions: [Each.Exception]) {
    // An exception without conditions matches everything.
    guard exceptions.allSatisfy({ !$0.labels.isEmpty }) else { return }
    choose(0, exceptions.map { Pending(labels: $0.labels, last: $0.labels.keys.max() ?? 0) })
  }

  /// An exception that matches the choices so far, and the number of its last axis.
  private struct Pending {
    let labels: [Int: String]
    let last: Int
  }

  private mutating func choose(_ number: Int, _ pending: [Pending]) {
    steps += 1 + pending.count
    guard number < axes.count else { return add() }
    var open: [Pending] = []
    var named: [String: [Pending]] = [:]
    for exception in pending {
      if let label = exception.labels[number] {
        named[label, default: []].append(exception)
      } else {
        open.append(exception)
      }
    }
    for (index, choice) in axes[number].choices.enumerated() {
      let fitting = named[choice.label] ?? []
      steps += 1 + fitting.count
      if fitting.contains(where: { $0.last == number }) { continue }
      guard !budget.isSpent else { return }
      chosen.append(index)
      choose(number + 1, fitting.isEmpty ? open : open + fitting)
      chosen.removeLast()
    }
  }

  private mutating func add() {
    let parts = zip(axes, chosen).map { axis, index in (axis.name, axis.choices[index]) }
    let label = zip(parts, chosen).map { part, index in
      "\(part.0)=\(SecretName.promises(part.0) ? "\(index + 1)" : part.1.label)"
    }.joined(separator: ", ")
    guard budget.take(label.utf8.count) else { return }
    instances.append(
      Each.Instance(
        values: Dictionary(parts.map { ($0, $1.value) }) { first, _ in first }, label: label))
  }
}
