import Grammar
import JSON

/// Single members of live resources.
enum LiveMembers {
  /// The members with these names that are present. A value that Google sets once identifies a resource among later
  /// ones of the same name.
  static func of(_ live: JSONValue, _ names: [String]) -> JSONObject {
    var members = JSONObject()
    for name in names { members[name] = live[name] }
    return members
  }
}
