import JSON
import Manifests
import Model

extension RunOptions {
  /// Takes over what a saved plan was made with: its selection, options about the manifests and variables, each where the
  /// command line says nothing else. What it says counts, and then the plans differ.
  ///
  /// - Parameter allowances: whether the flags that lift guards count too: only for a plan whose id was approved.
  mutating func adopt(_ plan: Plan, allowances: Bool) {
    var taken: [CommandOption] = []
    if selection.isWhole {
      selection = plan.selection
      taken += plan.selection.options
    }
    for option in plan.inputs.options where manifests.take(option) { taken.append(option) }
    manifests.savedVariables = plan.variables
    taken += plan.variables.sorted { $0.key < $1.key }.compactMap { name, value in
      guard manifests.variables[name] == nil, let text = value.string,
        SavedVariable(value) != nil
      else { return nil }
      return CommandOption("var", "\(name)=\(text)")
    }
    if allowances, overrides.isEmpty {
      overrides = plan.allowances
      taken += plan.allowances.options
    }
    repeated += taken.flatMap(\.arguments)
    if allowances, since == nil, let commit = plan.prunedSince {
      since = SinceOptions(pruningSince: commit)
      repeated += ["--since", commit, "--prune"]
    }
  }
}

extension Plan {
  /// The commit since which it removes what left the manifests; nil if it removes nothing.
  var prunedSince: String? { since.flatMap { $0.isPruned ? $0.commit : nil } }
}

extension ManifestOptions {
  /// Sets an option that is not given; false if it is.
  fileprivate mutating func take(_ option: CommandOption) -> Bool {
    let places: [String: WritableKeyPath<ManifestOptions, String?>] = [
      "project": \.project, "location": \.location, "projects": \.projects,
    ]
    guard let place = places[option.name], self[keyPath: place] == nil else { return false }
    self[keyPath: place] = option.value
    return true
  }
}
