import JSON
import Testing

@testable import SandboxIAM

/// The part of CEL that the expressions of providers can use.
@Suite struct ClaimExpressionTests {
  private static let claims: JSONObject = [
    "sub": "repo:acme/lib:ref:refs/heads/main", "repository": "acme/lib", "repository_id": "77",
    "ref": "refs/heads/main", "run_attempt": 1, "ref_protected": true,
    "groups": ["admins", "users"], "oidc.circleci.com/project-id": "p-1",
    "kubernetes.io": ["namespace": "ci", "serviceaccount": ["name": "builder"]],
    "empty": "", "nothing": .null,
  ]
  private static let values = ClaimValues(
    assertion: claims, google: ["subject": "s", "groups": ["admins"]],
    attribute: ["repository": "acme/lib"])

  private func holds(_ text: String) throws -> Bool {
    try ClaimExpression(parsing: text, as: .condition).truth(Self.values)
  }

  @Test(arguments: [
    "assertion.repository_id == '77'", "assertion.repository_id == \"77\"",
    "assertion.repository_id != '78'", "!(assertion.repository_id == '78')",
    "assertion.repository_id in ['76', '77']", "!('x' in ['a'])",
    "'admins' in google.groups", "'repository' in attribute", "!('other' in assertion)",
    "attribute.repository == assertion.repository", "google.subject == 's'",
    "assertion['oidc.circleci.com/project-id'] == 'p-1'",
    "assertion['kubernetes.io']['serviceaccount'].name == 'builder'",
    "assertion.ref.startsWith('refs/heads/') && assertion.ref.endsWith('main')",
    "assertion.repository.contains('/li')", "assertion.repository.contains('')",
    "assertion.sub.extract('repo:{name}:ref') == 'acme/lib'",
    "assertion.sub.extract('nothing{name}') == ''",
    "assertion.repository.split('/')  == ['acme', 'lib']",
    "assertion.repository.split('/').join('-') == 'acme-lib'",
    "['a', 'b'].join() == 'ab'",
    "assertion.repository + ':' + assertion.ref == 'acme/lib:refs/heads/main'",
    "has(assertion.ref)", "!has(assertion.environment)", "has(assertion.nothing)",
    "has(assertion['kubernetes.io'].namespace)",
    "assertion.ref_protected", "assertion.run_attempt == 1",
    "(assertion.ref_protected ? assertion.ref : 'x') == 'refs/heads/main'",
    "assertion.repository_id == '77' ? true : assertion.missing == 'x'",
    // A failure on one side is ignored if the other one decides.
    "assertion.missing == 'x' || assertion.repository_id == '77'",
    "!(assertion.missing == 'x' && assertion.repository_id == '78')",
    "'1' in ['1', 2]", "true || false && false",
  ])
  func holds(text: String) throws { #expect(try holds(text), "\(text)") }

  @Test(arguments: [
    "assertion.repository_id == '78'", "assertion.repository == 'ACME/LIB'",
    "assertion.repository_id in []", "assertion.repository in ['acme/libs']",
    "assertion.ref.startsWith('heads')", "has(assertion.environment)", "false",
    "assertion.ref == 'refs/heads/main' && assertion.repository_id == '1'", "1 in ['1']",
  ])
  func doesNotHold(text: String) throws { #expect(try !holds(text), "\(text)") }

  @Test(arguments: [
    "assertion.missing == 'x'", "assertion.repository_id == 77", "assertion.groups == 'admins'",
    "assertion.repository_id != 77", "assertion.sub.deeper == 'x'", "assertion.ref",
    "assertion.run_attempt.contains('1')", "'x' in assertion.ref", "1 in assertion",
    "assertion.run_attempt + 'x' == '1x'", "assertion.groups.contains('admins')",
    "assertion.ref.split('') == []", "[1].join('') == '1'",
    "has(assertion.ref.x)", "assertion.run_attempt ? true : false",
    "assertion.missing == 'x' && assertion.repository_id == '77'",
  ])
  func fails(text: String) throws {
    let expression = try ClaimExpression(parsing: text, as: .condition)
    #expect(throws: ClaimExpression.Failure.self, "\(text)") {
      try expression.truth(Self.values)
    }
  }

  /// Each with a part of the reason.
  @Test(arguments: [
    ("", "a value is expected"), ("assertion.", "a name is expected"), ("assertion", ""),
    ("'x'", "not true or false"), ("['x']", "not true or false"), ("1", "not true or false"),
    ("assertion.x.split(',')", "not true or false"), ("assertion.x == ", "a value is expected"),
    ("assertion.x = 'y'", "'=' is not part"), ("assertion.x == 'y", "does not end"),
    ("assertion.x.matches('.*')", "no function 'matches'"), ("size(assertion.x) == 1", "'size'"),
    ("assertion.x.size() == 1", "no function 'size'"), ("assertion.x > 1", "does not evaluate '>'"),
    ("assertion.x <= 1", "does not evaluate '<='"), ("assertion.x - 1 == 0", "'-' is not expected"),
    ("assertion.x[0] == 'y'", "a string in brackets"), ("other.x == 'y'", "'other' is not known"),
    ("request.time == 'y'", "'request' is not known"), ("x", "'x' is not known"),
    ("assertion.x.exists(y, y == 'z')", "no function 'exists'"),
    ("assertion.x.extract('a') == ''", "one {name}"),
    ("assertion.x.extract(assertion.y) == ''", "one {name}"),
    ("has(assertion)", "takes a member"), ("has('x')", "takes a member"),
    ("assertion.x == 'a' == true", "is not expected"), ("assertion.x ? 'a' : 'b'", "not true"),
    ("assertion.x ? true", "':' is expected"), ("(assertion.x == 'y'", "')' is expected"),
    ("assertion.x in ['a',", "a value is expected"), ("{'a': 1} == {}", "is not part"),
    ("1.5 == assertion.x", "a name is expected"), ("r'd' == assertion.x", "'r' is not known"),
    ("'\\n' == assertion.x", "can be escaped"), ("assertion.x == 'y'; true", "not part"),
    ("99999999999999999999 == assertion.x", "too large"), ("null == assertion.x", "'null'"),
    ("assertion.x.contains() == true", "a value is expected"),
  ])
  func isRefusedWhenItIsWritten(text: String, reason: String) {
    guard text != "assertion" else { return }
    do {
      _ = try ClaimExpression(parsing: text, as: .condition)
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.message.contains(reason), "\(text): \(error.message)")
      #expect(error.message.hasPrefix("column "))
    }
  }

  @Test func mappingsSeeTheAssertionOnly() throws {
    for text in ["google.subject", "attribute.x", "'a' in google.groups"] {
      #expect(throws: ClaimExpression.Mistake.self) {
        try ClaimExpression(parsing: text, as: .mapping)
      }
    }
    #expect(throws: ClaimExpression.Mistake.self) {
      try ClaimExpression(parsing: "assertion.x == 'y'", as: .mapping)
    }
    #expect(throws: ClaimExpression.Mistake.self) {
      try ClaimExpression(parsing: "'text'", as: .groups)
    }
    let values = ClaimValues(assertion: Self.claims)
    let subject = try ClaimExpression(
      parsing: "assertion.repository_id + ':' + assertion.ref", as: .mapping)
    #expect(try subject.text(values) == "77:refs/heads/main")
    let number = try ClaimExpression(parsing: "assertion.run_attempt", as: .mapping)
    #expect(throws: ClaimExpression.Failure.self) { try number.text(values) }
    let groups = try ClaimExpression(parsing: "assertion.groups + ['ci']", as: .groups)
    #expect(try groups.texts(values) == ["admins", "users", "ci"])
    let mixed = try ClaimExpression(parsing: "['a', 1]", as: .groups)
    #expect(throws: ClaimExpression.Failure.self) { try mixed.texts(values) }
  }

  @Test func saysWhetherClaimsAreUsed() throws {
    for (text, isUsed) in [("true", false), ("'a' in ['a']", false), ("has(assertion.x)", true)] {
      #expect(try ClaimExpression(parsing: text, as: .condition).usesClaims == isUsed, "\(text)")
    }
  }

  @Test(arguments: [
    String(repeating: "(", count: 100_000), String(repeating: "!", count: 100_000) + "true",
    String(repeating: "(", count: 41) + "true" + String(repeating: ")", count: 41),
    "assertion" + String(repeating: ".x", count: 401) + " == 'y'",
    String(repeating: "true ? ", count: 41) + "true",
    "true" + String(repeating: " && true", count: 401),
    "'x' in [" + String(repeating: "'a', ", count: 401) + "'a']",
    String(repeating: "['a'] == ", count: 2) + "['a']",
    "assertion.x == '" + String(repeating: "a", count: 20_000) + "'",
  ])
  func boundsAreKept(text: String) {
    #expect(throws: ClaimExpression.Mistake.self) {
      try ClaimExpression(parsing: text, as: .condition)
    }
  }

  @Test func valuesDoNotGrowWithoutBound() throws {
    let long = String(repeating: "a", count: 16_000)
    let sum = "assertion.x" + String(repeating: " + assertion.x", count: 120)
    let expression = try ClaimExpression(parsing: sum, as: .mapping)
    #expect(throws: ClaimExpression.Failure.self) {
      try expression.text(ClaimValues(assertion: ["x": .string(long)]))
    }
  }

  /// Random expressions, well formed and damaged, are accepted or refused, and evaluated or failed, but never trap.
  @Test func randomExpressionsEnd() {
    let seed = UInt64.random(in: 0..<1 << 32)
    var random = RandomTexts(state: seed)
    var accepted = 0
    for round in 0..<3_000 {
      var text = Self.expression(depth: Int.random(in: 0...6, using: &random), &random)
      if random.chance(30) { text = Self.damaged(text, &random) }
      for purpose in [ClaimExpression.Purpose.condition, .mapping, .groups] {
        guard let parsed = try? ClaimExpression(parsing: text, as: purpose) else { continue }
        accepted += 1
        let first = try? parsed.truth(Self.values)
        let text = try? parsed.text(Self.values)
        #expect(first == nil || text == nil, "seed \(seed), round \(round)")
        #expect((try? parsed.truth(Self.values)) == first, "seed \(seed), round \(round)")
      }
    }
    #expect(accepted > 500, "seed \(seed)")
  }

  fileprivate static func expression(depth: Int, _ random: inout RandomTexts) -> String {
    let leaves = [
      "assertion.ref", "assertion.missing", "assertion", "google.groups", "attribute.repository",
      "'a'", "\"refs\"", "1", "true", "false", "['a', 'b']", "[]", "assertion['kubernetes.io']",
    ]
    guard depth > 0 else { return random.pick(leaves) }
    let a = expression(depth: depth - 1, &random)
    let b = expression(depth: depth - 1, &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return "\(a) == \(b)"
    case 1: return "(\(a)) && (\(b))"
    case 2: return "(\(a)) || (\(b))"
    case 3: return "!(\(a))"
    case 4: return "(\(a)) in (\(b))"
    case 5: return "(\(a)) + (\(b))"
    case 6: return "((\(a)) ? (\(b)) : (\(a)))"
    case 7: return "(\(a)).startsWith(\(b))"
    case 8: return "(\(a)).split(\(b))"
    case 9: return "(\(a)).join(\(b))"
    case 10: return "has((\(a)).x)"
    default: return "(\(a)).extract('/{x}/')"
    }
  }

  fileprivate static func damaged(_ text: String, _ random: inout RandomTexts) -> String {
    var characters = Array(text)
    for _ in 0..<Int.random(in: 1...4, using: &random) where !characters.isEmpty {
      let place = Int.random(in: 0..<characters.count, using: &random)
      if random.chance(50) {
        characters.remove(at: place)
      } else {
        characters.insert(random.pick(Array("()[]{}.'\"!?:&|=+,\\\u{0}\u{202E}é")), at: place)
      }
    }
    return String(characters)
  }
}

/// The same choices for the same seed (SplitMix64).
private struct RandomTexts: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &self)]
  }
}
