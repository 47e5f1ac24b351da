import Diagnostics
import Model

/// Common mistakes in members, and what the user probably meant.
enum MemberMistakes {
  /// The prefixes of members, as manifests write them.
  package static let prefixes = [
    "user", "group", "serviceAccount", "domain", "principal", "principalSet", "serviceAgent",
    "projectOwner", "projectEditor", "projectViewer", "deleted", "pool", "github",
  ]
  private static let everyone = ["allUsers", "allAuthenticatedUsers"]

  /// Spaces and control characters, which no member contains.
  package static func whitespace(in text: String) -> Problem? {
    if text.isEmpty { return Problem("a member must not be empty") }
    let isBlank = { (scalar: Unicode.Scalar) in
      scalar.value <= 32 || scalar.value == 127 || scalar.properties.isWhitespace
    }
    guard text.unicodeScalars.contains(where: isBlank) else { return nil }
    let tight = String(String.UnicodeScalarView(text.unicodeScalars.filter { !isBlank($0) }))
    let parts = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }.map(String.init)
    if parts.count > 1, parts.allSatisfy({ (try? Member(parsing: $0)) != nil }) {
      return Problem(
        "this is \(parts.count) members in one text",
        help:
          "write each as an entry of its own: [\(parts.map { "\"\($0)\"" }.joined(separator: ", "))]"
      )
    }
    let help = (try? Member(parsing: tight)).map { "write `\($0.text)`" }
    return Problem("a member must not contain spaces", help: help)
  }

  /// Members are whole names. Only `principalSet://` has a `*` of its own, and `deleted:` members stay unchanged.
  package static func glob(_ text: String) -> Problem? {
    let kind = text.prefix { $0 != ":" }
    guard text.contains("*"), !["principal", "principalSet", "deleted", "pool"].contains(kind)
    else {
      return nil
    }
    let host = text.drop { $0 != "@" }.dropFirst()
    let isDomain = NameRules.domain(host.lowercased()) == nil
    return Problem(
      "`\(text)` is not a member: members are not globs",
      help: isDomain && (kind == "user" || kind == "group")
        ? "name each one; `domain:\(host.lowercased())` is everyone in that domain"
        : "name each one")
  }

  /// A text without a colon: a bare e-mail, a bare account, a misspelt `allUsers`.
  static func withoutPrefix(_ text: String) -> Problem {
    let lower = text.lowercased()
    if let near = closestMatch(to: text, in: everyone), lower.hasPrefix("all") {
      return Problem("`\(text)` is not a member", help: "did you mean `\(near)`?")
    }
    let message = "`\(text)` does not say what kind of member it is"
    if lower.hasSuffix("gserviceaccount.com") {
      return Problem(message, help: "write `serviceAccount:\(lower)`")
    }
    if text.contains("@") {
      return Problem(message, help: "write `user:\(lower)` or `group:\(lower)`")
    }
    if NameRules.domain(lower) == nil {
      return Problem(message, help: "write `domain:\(lower)`")
    }
    if NameRules.accountID(lower) == nil {
      return Problem(
        message, help: "write `serviceAccount:\(lower)` if that is a ServiceAccount of the set")
    }
    return Problem(
      message, help: "a member is `user:`, `group:` or `serviceAccount:` and a name")
  }

  /// An e-mail that is not a service account's: one of a person or group, or one with a typing error in its domain.
  static func otherHost(_ email: String) -> Problem {
    let host = email.drop { $0 != "@" }.dropFirst()
    let labels = host.split(separator: ".").map(String.init)
    let message =
      "`\(email)` is not a service account: service accounts end with `gserviceaccount.com`"
    let end = labels.suffix(2).joined(separator: ".")
    guard closestMatch(to: end, in: ["gserviceaccount.com"]) != nil else {
      return Problem(message, help: "write `user:\(email)` or `group:\(email)`")
    }
    let right = email.dropLast(end.count) + "gserviceaccount.com"
    return Problem(message, help: "did you mean `serviceAccount:\(right)`?")
  }

  /// The help for an address that ends too early after `@`: `security@kestrel,example` in a list is two elements.
  static func partOfAnAddress(_ email: String) -> String? {
    let host = email.drop { $0 != "@" }.dropFirst()
    guard !host.isEmpty, !host.contains(".") else { return nil }
    return "the domain needs a dot; a comma starts another member"
  }

  static func unknownPrefix(_ prefix: String, _ value: String) -> Problem {
    let message = "`\(prefix):` is not a kind of member"
    let plain = prefix.lowercased().filter { $0 != "_" && $0 != "-" }
    let alias = aliases[plain]
    // The suggestion must be a valid member, or the next error would be about the suggestion.
    if let near = alias ?? closestMatch(to: prefix, in: prefixes),
      (try? Member(parsing: "\(near):\(value)")) != nil
    {
      return Problem(message, help: "did you mean `\(near):\(value)`?")
    }
    return Problem(
      message, help: "one of " + prefixes.prefix(5).map { "`\($0):`" }.joined(separator: ", "))
  }

  private static let aliases = [
    "sa": "serviceAccount", "serviceaccount": "serviceAccount", "account": "serviceAccount",
    "email": "user", "mail": "user", "person": "user", "groups": "group", "users": "user",
  ]

  static func unknownAgent(_ name: String) -> Problem {
    let known = ServiceAgents.emails.keys.sorted()
    let near = closestMatch(to: name, in: known).map { "did you mean `serviceAgent:\($0)`?" }
    return Problem(
      "`\(name)` is not a service agent that arctl knows",
      help: near ?? "write the agent's full e-mail, `serviceAccount:service-NUMBER@...`")
  }
}
