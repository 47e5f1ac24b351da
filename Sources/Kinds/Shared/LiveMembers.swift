import Grammar
import JSON

/// Single members of live resources.
enum LiveMembers {
  /// Those of these names that are there. What Google sets once and for all tells a resource from one that is created
  /// later under its name.
  static func of(_ live: JSONValue, _ names: [String]) -> JSONObject {
    var members = JSONObject()
    for name in names { members[name] = live[name] }
    return members
  }
}
