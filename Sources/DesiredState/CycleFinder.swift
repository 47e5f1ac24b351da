import Diagnostics
import Manifests
import Model

/// Finds resources that depend on themselves, and shows the whole cycle.
struct CycleFinder {
  let graph: DesiredGraph
  /// The place of each reference between two resources.
  let edges: [Address: [Address: SourcePosition]]
  let sink: DiagnosticSink

  /// The number of steps after which no further cycle is shown; the shown ones already block the plan.
  private static let maximumSteps = 1000

  /// Only references in documents can close a cycle: implied dependencies lead to projects and services.
  func report() {
    var finished: Set<Address> = []
    var stepsLeft = Self.maximumSteps
    for start in edges.keys.sorted() where !finished.contains(start) {
      var path: [Address] = []
      var places: [Address: Int] = [:]
      var pending: [(address: Address, next: [Address])] = [(start, targets(of: start))]
      path.append(start)
      places[start] = 0
      while var frame = pending.popLast() {
        guard let target = frame.next.popLast() else {
          finished.insert(frame.address)
          path.removeLast()
          places[frame.address] = nil
          continue
        }
        pending.append(frame)
        sink.step()
        if let index = places[target] {
          // A set may have thousands of cycles, each thousands of steps long.
          guard stepsLeft > 0 else { continue }
          stepsLeft -= path.count - index
          sink.step(path.count - index)
          report(Array(path[index...]))
        } else if !finished.contains(target) {
          places[target] = path.count
          path.append(target)
          pending.append((target, targets(of: target)))
        }
      }
    }
  }

  private func targets(of address: Address) -> [Address] {
    (edges[address] ?? [:]).keys.sorted(by: >)
  }

  private func report(_ cycle: [Address]) {
    // Starts with the smallest address, so that the order of documents does not matter.
    let first = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
    let turned = Array(cycle[first...] + cycle[..<first])
    let pairs = zip(turned, turned.dropFirst() + turned.prefix(1))
    let steps = pairs.compactMap { from, to in
      edges[from]?[to].map {
        Diagnostic.Related($0, "`\(from.local)` needs `\(to.local)`")
      }
    }
    let way = (turned + turned.prefix(1)).map { "`\($0.local)`" }.joined(separator: " -> ")
    sink.error(
      .referenceCycle, "a cycle: \(way)", at: steps.first?.position,
      label: steps.first?.label ?? "",
      related: Array(steps.dropFirst()), help: "remove one of these references")
  }
}
