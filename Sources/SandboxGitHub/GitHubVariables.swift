import JSON
import SandboxStore
import SandboxWire

/// The calls on variables.
enum GitHubVariables {
  /// The most variables of a repository and of an environment
  /// (https://docs.github.com/en/actions/reference/workflows-and-actions/variables).
  private static func maximumCount(_ place: GitHubPlace) -> Int {
    place.environment == nil ? 500 : 100
  }

  static func list(_ call: GitHubCall, _ state: State) throws(GitHubRefusal) -> WireResponse {
    let all = state[GitHubVariableRecord.self].children(of: call.place)
    return GitHubAnswers.success(
      200,
      [
        "total_count": .integer(Int64(all.count)),
        "variables": .array(call.page(all, standard: 10, maximum: 30).map(json)),
      ])
  }

  static func get(
    _ name: String, _ call: GitHubCall, _ state: State
  ) throws(GitHubRefusal) -> WireResponse {
    GitHubAnswers.success(200, json(try find(name, call, state)))
  }

  static func create(
    _ call: GitHubCall, _ state: inout State
  ) throws(GitHubRefusal) -> WireResponse {
    let name = try call.text("name").uppercased()
    let value = try call.text("value")
    try check(name, value, call)
    let table = state[GitHubVariableRecord.self]
    guard table[GitHubVariableRecord.key(name, of: call.place)] == nil else { throw taken }
    guard table.children(of: call.place).count < maximumCount(call.address.place) else {
      throw .invalid("There are \(maximumCount(call.address.place)) variables already.")
    }
    state.put(
      GitHubVariableRecord(
        place: call.place, name: name, value: value, created: call.now, updated: call.now))
    return GitHubAnswers.success(201, [:])
  }

  /// Changes the value, the name, or both.
  static func update(
    _ name: String, _ call: GitHubCall, _ state: inout State
  ) throws(GitHubRefusal) -> WireResponse {
    let old = try find(name, call, state)
    let newName = try call.optionalText("name")?.uppercased() ?? old.name
    let value = try call.optionalText("value") ?? old.value
    try check(newName, value, call)
    let changed = GitHubVariableRecord(
      place: call.place, name: newName, value: value, created: old.created, updated: call.now)
    if changed.key != old.key {
      guard state[GitHubVariableRecord.self][changed.key] == nil else { throw taken }
      state.remove(old)
    }
    state.put(changed)
    return GitHubAnswers.success(204, nil)
  }

  static func delete(
    _ name: String, _ call: GitHubCall, _ state: inout State
  ) throws(GitHubRefusal) -> WireResponse {
    state.remove(try find(name, call, state))
    return GitHubAnswers.success(204, nil)
  }

  private static let taken = GitHubRefusal(
    status: 409, message: "Already exists - Variable already exists")

  private static func check(
    _ name: String, _ value: String, _ call: GitHubCall
  ) throws(GitHubRefusal) {
    try call.check(name: name)
    guard value.utf8.count <= GitHubSecrets.maximumValue else {
      throw .invalid("The value is larger than \(GitHubSecrets.maximumValue >> 10) KB.")
    }
  }

  private static func find(
    _ name: String, _ call: GitHubCall, _ state: State
  ) throws(GitHubRefusal) -> GitHubVariableRecord {
    let key = GitHubVariableRecord.key(name, of: call.place)
    guard let variable = state[GitHubVariableRecord.self][key] else { throw .notFound }
    return variable
  }

  private static func json(_ variable: GitHubVariableRecord) -> JSONValue {
    [
      "name": .string(variable.name), "value": .string(variable.value),
      "created_at": .string(Timestamps.text(seconds: variable.created)),
      "updated_at": .string(Timestamps.text(seconds: variable.updated)),
    ]
  }
}
