import DesiredState
import Diagnostics
import JSON
import Manifests
import TestSupport
import Testing

/// A password in any place where a user may write one is never printed.
@Suite struct SecretFieldTests {
  private static let secret = "hunter2-Xk9q"

  private static let head = """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: s}
    spec:
      defaults: {project: my-project-id, location: us}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: libs}

    """

  private static func remote(_ credentials: String) -> String {
    head + """
      spec:
        format: python
        mode: remote
        remoteRepositoryConfig:
          pythonRepository: {customRepository: {uri: https://example.com/simple}}
          upstreamCredentials:
      \(credentials)
      """
  }

  private func output(_ loading: Loading) -> (text: String, codes: [DiagnosticCode]) {
    let result = loading.run()
    var text = ""
    for width in [40, 160] {
      let renderer = DiagnosticRenderer(width: width, source: result.sourceLine)
      text += result.diagnostics.map { renderer.render($0) + $0.gitHubAnnotation }.joined()
    }
    if let graph = result.graph { text += "\(graph.stack.variables)" }
    return (text, result.diagnostics.map(\.code))
  }

  private func expectSilence(
    _ manifest: String, hiding secret: String = secret,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (text, codes) = output(Loading(manifest))
    #expect(!codes.isEmpty, "nothing is wrong, so nothing is tried", sourceLocation: sourceLocation)
    for part in [secret, secret.lowercased(), String(secret.suffix(6))] {
      #expect(!text.contains(part), "\(text)", sourceLocation: sourceLocation)
    }
  }

  static let names = [
    "password", "passwd", "Password", "PASSWORD", "db-password", "db.password", "userPassword",
    "secret", "client_secret", "token", "accessToken", "API_TOKEN", "credential", "credentials",
    "apiKey", "api-key", "API_KEY", "apikey", "privateKey", "private-key", "pasword", "passwort",
    "pwd", "passphrase", "\"api key\"", "'password'", "\"pass\\x77ord\"",
  ]

  @Test(arguments: names) func unknownFieldsAreJudgedByTheirNames(_ name: String) {
    for value in [
      Self.secret, "\"\(Self.secret)\"", "'\(Self.secret)'", "&x \(Self.secret)",
      "[\(Self.secret)]",
      "{a: \(Self.secret)}", "|\n    \(Self.secret)\n", ">-\n    a\n    \(Self.secret)",
      "\n    - \(Self.secret)", "\n  - \(Self.secret)", "\n    deep:\n      deeper: \(Self.secret)",
      "\"a\n\n    \(Self.secret)\"", "a\n    \(Self.secret)", "!x \(Self.secret)",
    ] {
      expectSilence(Self.head + "spec:\n  format: pyton\n  \(name): \(value)\n  unknown: 1\n")
    }
    for spec in [
      "{format: pyton, \(name): \(Self.secret)}", "{\(name): \(Self.secret), format: pyton}",
      "{format: python, more: {x: 1, \(name): \(Self.secret)}}",
      "{format: pyton, \(name): \"\(Self.secret)\", unknown: 1}",
    ] { expectSilence(Self.head + "spec: \(spec)\n") }
  }

  /// The parser stops at another place, or takes the value for something else.
  static let broken = [
    "spec:\n  password: SECRET\n  bad: [\n", "spec:\n  password: SECRET: x\n",
    "spec:\n  password:SECRET\n  format: python\n", "spec:\n  password SECRET\n  format: python\n",
    "spec: {password SECRET, format: python}\n", "spec: {password:SECRET, format: python}\n",
    "spec:\n  password: \"SECRET\n  format: python\n", "spec:\n  password: *SECRET\n",
    "password hunter2\n[the other one is SECRET\n", "password hunter2\n{the other one is SECRET\n",
    "spec:\n  password: @SECRET\n", "spec:\n  password: %SECRET\n", "spec:\n  password: `SECRET\n",
    "spec:\n\tpassword: SECRET\n", "spec:\n  password: {SECRET\n", "spec:\n  password: !SECRET x\n",
    "spec:\n  ? password\n  : SECRET\n  bad: [\n", "spec:\n  password: a\n  password: SECRET\n",
    "spec: {format: python, password: a, password: SECRET, format: npm}\n",
    "spec: {format: python, password: {a: SECRET${x}}}\n",
    "spec: {format: python, password: SECRET${x}, description: ${y}}\n",
    "# password: SECRET\nspec: {format: pyton} # token=SECRET\n",
    "spec:\n  format: python\n  description: password=SECRET\n  labels: {A: password=SECRET}\n  no: 1 # x\n",
    "password: SECRET\nspec: {format: python}\n",
    "spec: {format: python}\nlifecycle: {token: SECRET}\n",
    "spec: {format: python}\neach: {password: SECRET}\n",
    "spec: {format: python}\neach: {token: [SECRET], i: [${none}]}\n",
  ]

  @Test(arguments: broken) func errorsNearbyDoNotShowIt(_ text: String) {
    expectSilence(Self.head + text.replacing("SECRET", with: Self.secret))
  }

  @Test func theTextAfterACommaInItIsNotAShownKey() {
    expectSilence(
      Self.head + "spec: {format: python, password: hun,ter2-Xk9q}\n", hiding: "ter2-Xk9q")
  }

  @Test func anAliasDoesNotLeakIt() {
    expectSilence(
      Self.head + "spec:\n  format: python\n  password: &p \(Self.secret)\n  mode: *p\n")
    expectSilence(
      Self.head
        + "spec:\n  description: &p \(Self.secret)\n  format: *p\n  password: *p\n  description: x\n"
    )
  }

  /// The error at the second place also shows the line of the first.
  @Test func asTheSecondPlaceOfAnotherError() {
    expectSilence(
      Self.head
        + "spec:\n  format: python\n  labels: {a: b, token: \(Self.secret), a: c}\n  cleanupPolicies: {a: {password: \(Self.secret)}, a: {}}\n"
    )
  }

  @Test(arguments: [
    "      usernamePasswordCredentials:\n        username: bob\n        passwordSecretVersion: SECRET",
    "      usernamePasswordCredentials: {username: bob, passwordSecretVersion: SECRET}",
    "      usernamePasswordCredentials: {username: bob, passwordSecretVersion: \"SECRET\"}",
    "      usernamePasswordCredentials:\n        username: bob\n        passwordSecretVersion: |\n          SECRET",
    "      usernamePasswordCredentials:\n        username: bob\n        passwordSecretVersion: [SECRET]",
    "      usernamePasswordCredentials:\n        username: bob\n        passwordSecretVersion: {a: SECRET}",
    "      usernamePasswordCredentials:\n        username: bob\n        passwordSecretVersion: projects/p/secrets/s/versions/1\n          SECRET",
    "      usernamePasswordCredentials:\n        username: bob\n        passwordSecretVersion: projects/p/secrets/s/versions/SECRET!",
    "      usernamePasswordCredentials:\n        username: bob\n        value: SECRET",
    "      usernamePasswordCredentials:\n        username: bob\n        x: {y: SECRET}",
    "      usernamePasswordCredentials: SECRET", "      SECRET", "      - SECRET",
    "      basic: {user: bob, word: SECRET}",
  ]) func inKnownCredentials(_ text: String) {
    expectSilence(Self.remote(text.replacing("SECRET", with: Self.secret)))
  }

  @Test func aReferenceIsShown() throws {
    let reference = "projects/my-project-id/secrets/upstream/versions/3"
    let good = Self.remote(
      "      usernamePasswordCredentials: {username: bob, passwordSecretVersion: \(reference)}")
    #expect(output(Loading(good)).codes == [])
    let (text, _) = output(Loading(good.replacing("format: python", with: "format: pyton")))
    #expect(!text.contains(HiddenMark.text))
    // A warning shows the line.
    let latest = reference.replacing("/3", with: "/latest")
    let near = good.replacing(reference, with: latest)
    #expect(output(Loading(near)).text.contains(latest))
  }

  @Test func aVariableDoesNotLeakIt() {
    let stack = "  variables: {pw: {}, password: {oneOf: [aaaa, bbbb]}}\n---"
    let manifest = Self.remote(
      "      usernamePasswordCredentials: {username: \"${password}\", passwordSecretVersion: \"${pw}\"}"
    ).replacing("---", with: stack)
    for name in ["pw", "password"] {
      var byFlag = Loading(manifest)
      byFlag.options.variables = [name: Self.secret]
      var byEnvironment = Loading(manifest)
      byEnvironment.options.environment = ["ARCTL_VAR_\(name)": Self.secret]
      var byFile = Loading(manifest)
      byFile.options.paths = ["/manifests/a.yaml"]
      byFile.files.append(("/manifests/values.yaml", "\(name): \(Self.secret)\nunknown: 1\n"))
      byFile.options.variableFiles = ["/manifests/values.yaml"]
      for (index, loading) in [byFlag, byEnvironment, byFile].enumerated() {
        let (text, codes) = output(loading)
        #expect(!codes.isEmpty)
        // A variable file is searched by its names, and `pw` suggests a secret.
        #expect(!text.contains(Self.secret), "\(name) \(index): \(text)")
      }
    }
  }

  @Test func theEffectiveValuesOfVariablesAreNotShown() throws {
    var loading = Loading(
      Self.head.replacing(
        "---",
        with:
          "  variables: {npm_token: {}, keep: {type: map, default: {apiKey: k1234567, days: 7d}}}\n---"
      )
        + "spec: {format: python, description: \"${npm_token} ${keep.days} ${keep.apiKey}\"}\n")
    loading.options.variables = ["npm_token": Self.secret]
    let graph = try #require(loading.run().graph)
    #expect(graph.stack.variables["npm_token"] == "(not shown)")
    #expect(graph.stack.variables["keep"] == ["apiKey": "(not shown)", "days": "7d"])
  }

  @Test func anInstanceIsNotNamedByIt() {
    expectSilence(
      Self.head.replacing("name: libs", with: "name: \"libs-${i}\"")
        + "each: {i: [a, b], token: [\(Self.secret)]}\nspec: {format: \"${token}\"}\n")
  }

  /// Words that only sound like secrets are shown.
  @Test func namesOfTheLanguageAreShown() {
    let (text, _) = output(
      Loading(
        Self.head
          + "spec:\n  format: pyton\n  description: our tokens\n  kmsKeyName: projects/p/x\n"))
    #expect(text.contains("format: pyton"))
    #expect(text.contains("kmsKeyName: projects/p/x"))
  }
}

private enum HiddenMark { static let text = "(not shown)" }
