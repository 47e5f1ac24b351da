import CloudResources
import GoogleCloud
import Grammar
import JSON

/// A token as `arctl token` prints it.
struct TokenPage {
  let token: String
  /// Unix seconds; nil if it is not known.
  let expires: Double?
  let credential: Credential
  /// The package hosts that accept it.
  let hosts: [String]

  func text(_ form: TokenOptions.Form) -> String {
    switch form {
    case .text: return token + "\n"
    case .json: return json.text(.pretty) + "\n"
    case .netrc:
      return hosts.map { "machine \($0) login \(PackageURL.tokenUser) password \(token)\n" }
        .joined()
    }
  }

  /// What is not known is left out.
  private var json: JSONValue {
    var object: JSONObject = ["access_token": .string(token)]
    object["expiry"] = expires.map { .string(timestamp($0)) }
    object["account"] = credential.account.map(JSONValue.string)
    let project =
      credential.account.flatMap(AccountEmail.init(parsing:))?.project ?? credential.quotaProject
    object["project"] = project.map(JSONValue.string)
    return .object(object)
  }
}

extension Credential {
  /// The e-mail of its account; nil for an identity of a pool, and if it is not known.
  var account: String? { principal.flatMap { $0.contains("@") ? $0 : nil } }
}
