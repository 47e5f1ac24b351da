import Testing

@testable import Grammar
@testable import Kinds

struct RepositoryRulesTests {
  private static let python = #""format": "PYTHON""#
  private static let remote = python + #", "mode": "REMOTE_REPOSITORY", "remoteRepositoryConfig": "#
  private static let virtual =
    python + #", "mode": "VIRTUAL_REPOSITORY", "virtualRepositoryConfig": "#

  private func check(_ fields: String) throws -> [String] {
    try found(RepositoryKind(), "{\(fields)}")
  }

  private static let casesAccepts: [String] = [
    python, python + #", "mode": null"#, python + #", "remoteRepositoryConfig": null"#,
    #""format": "DOCKER", "dockerConfig": {"immutableTags": true}"#,
    #""format": "MAVEN", "mavenConfig": {"versionPolicy": "RELEASE"}"#,
    remote + #"{"pythonRepository": {"publicRepository": "PYPI"}}"#,
    remote + #"{"commonRepository": {"uri": "https://packages.example.com"}, "noCache": {}}"#,
    remote
      + #"{"pythonRepository": {"customRepository": {"uri": "https://x.example"}}, "upstreamCredentials": {"usernamePasswordCredentials": {"username": "u", "passwordSecretVersion": "projects/p/secrets/s/versions/3"}}}"#,
    virtual
      + #"{"upstreamPolicies": [{"id": "a", "repository": "r", "priority": 2}, {"id": "b", "repository": "s", "priority": 1}]}"#,
    python
      + #", "location": "us-east4", "kmsKeyName": "projects/p/locations/us-east4/keyRings/r/cryptoKeys/k""#,
    "",
  ]

  @Test(arguments: casesAccepts)
  func accepts(_ fields: String) throws {
    #expect(try check(fields) == [])
  }

  private static let casesFinds: [(String, String)] = [
    (
      python + #", "remoteRepositoryConfig": {"commonRepository": {"uri": "https://x"}}"#,
      "error remoteRepositoryConfig: `remoteRepositoryConfig` is for repositories with `mode: remote`"
    ),
    (
      python + #", "virtualRepositoryConfig": {}"#,
      "error virtualRepositoryConfig: `virtualRepositoryConfig` is for repositories with `mode: virtual`"
    ),
    (
      python + #", "mode": "REMOTE_REPOSITORY""#,
      "error mode: `mode: remote` needs `remoteRepositoryConfig`"
    ),
    (
      python + #", "mode": "VIRTUAL_REPOSITORY""#,
      "error mode: `mode: virtual` needs `virtualRepositoryConfig`"
    ),
    (
      python + #", "dockerConfig": {"immutableTags": true}"#,
      "error dockerConfig: `dockerConfig` is for `format: docker`"
    ),
    (python + #", "mavenConfig": {}"#, "error mavenConfig: `mavenConfig` is for `format: maven`"),
    (remote + "{}", "error remoteRepositoryConfig: the upstream is missing"),
    (
      remote + #"{"npmRepository": {"publicRepository": "NPMJS"}}"#,
      "error remoteRepositoryConfig.npmRepository: `npmRepository` is for `format: npm`"
    ),
    (
      remote
        + #"{"pythonRepository": {"publicRepository": "PYPI"}, "commonRepository": {"uri": "https://x"}}"#,
      "error remoteRepositoryConfig.commonRepository: `pythonRepository` and `commonRepository` cannot be used together"
    ),
    (
      remote + #"{"pythonRepository": {}}"#,
      "error remoteRepositoryConfig.pythonRepository: `pythonRepository` does not name its upstream"
    ),
    (
      remote
        + #"{"pythonRepository": {"publicRepository": "PYPI", "customRepository": {"uri": "https://x"}}}"#,
      "error remoteRepositoryConfig.pythonRepository.customRepository: `publicRepository` and `customRepository` cannot be used together"
    ),
    (
      remote + #"{"commonRepository": {"uri": "http://x"}}"#,
      "warning remoteRepositoryConfig.commonRepository.uri: packages from an `http://` upstream can be replaced in transit"
    ),
    (
      remote
        + #"{"commonRepository": {"uri": "https://x"}, "upstreamCredentials": {"usernamePasswordCredentials": {"username": "u"}}}"#,
      "error remoteRepositoryConfig.upstreamCredentials.usernamePasswordCredentials.username: `username` needs `passwordSecretVersion`"
    ),
    (
      remote
        + #"{"commonRepository": {"uri": "https://x"}, "upstreamCredentials": {"usernamePasswordCredentials": {"username": "u", "passwordSecretVersion": "projects/p/secrets/s/versions/latest"}}}"#,
      "warning remoteRepositoryConfig.upstreamCredentials.usernamePasswordCredentials.passwordSecretVersion: `latest` changes without a plan, and Google decides when to look it up"
    ),
    (
      virtual + #"{"upstreamPolicies": [{"id": "a", "priority": 1}, {"id": "a", "priority": 2}]}"#,
      "error virtualRepositoryConfig.upstreamPolicies[1].id: a second upstream policy with the id `a`"
    ),
    (
      virtual + #"{"upstreamPolicies": [{"id": "a"}, {"id": "b", "priority": 0}]}"#,
      "warning virtualRepositoryConfig.upstreamPolicies[1].priority: `a` and `b` have the same priority, 0"
    ),
    (
      python
        + #", "location": "us-east4", "kmsKeyName": "projects/p/locations/europe/keyRings/r/cryptoKeys/k""#,
      "warning kmsKeyName: the key is in `europe` and the repository in `us-east4`"
    ),
    (
      python + #", "labels": {"Team": "x"}"#,
      "error labels.Team: label key `Team` must begin with a lower-case letter"
    ),
    (
      python + #", "iam": [{"role": "roles/viewer"}]"#, "error iam[0]: this grant has no members"
    ),
  ]

  @Test(arguments: casesFinds)
  func finds(_ fields: String, _ problem: String) throws {
    #expect(try check(fields) == [problem])
  }

  @Test func countsUpstreamPolicies() throws {
    func policies(_ count: Int) -> String {
      let each = (0..<count).map { #"{"id": "p\#($0)", "priority": \#($0)}"# }
      return Self.virtual + #"{"upstreamPolicies": [\#(each.joined(separator: ","))]}"#
    }
    #expect(try check(policies(30)) == [])
    #expect(
      try check(policies(31)) == [
        "error virtualRepositoryConfig.upstreamPolicies: 31 upstream policies; there may be at most 30"
      ])
  }

  @Test func stringRules() {
    let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
    #expect(StringRules.kmsKey.check?(key) == nil)
    #expect(
      StringRules.kmsKey.check?(key + "/cryptoKeyVersions/1")?.message.contains("not one version")
        == true)
    #expect(StringRules.kmsKey.check?("my-key") != nil)
    #expect(StringRules.secretVersion.check?("projects/p/secrets/s/versions/1") == nil)
    #expect(StringRules.secretVersion.check?("hunter2") != nil)
    #expect(StringRules.upstream.check?("https://registry-1.docker.io") == nil)
    #expect(StringRules.upstream.check?("projects/p/locations/l/repositories/r") == nil)
    #expect(StringRules.upstream.check?("registry-1.docker.io") != nil)
    #expect(StringRules.httpsURI.check?("http://x") != nil)
    #expect(StringRules.httpsURI.check?("https://") != nil)
    #expect(StringRules.httpsURI.check?("https://x y") != nil)
  }

  @Test(arguments: [
    "", "/etc/k.json", "../k.json", "a/../k.json", "a//k.json", "a/", ".lock", ".k.json.pending",
    ".team/k.json", "team/.k.json", "~/.x", "~ana/k.json", " ", "k.json ", "a /k.json",
    "k\u{7}.json",
  ])
  func keyFilesThatAreRefused(name: String) { #expect(StringRules.keyFile.check?(name) != nil) }

  @Test(arguments: ["k.json", "team/k.json", "a/b/c", "my key.json", "k~.json", "é.json"])
  func keyFiles(name: String) { #expect(StringRules.keyFile.check?(name) == nil) }
}
