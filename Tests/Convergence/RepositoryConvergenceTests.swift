import JSON
import Model
import Testing

/// Every writable field of a repository keeps its meaning through an apply, in every format and mode.
@Suite struct RepositoryConvergenceTests {
  /// A repository with every field that its format and mode accept.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    /// Fixed when it is created.
    let fixed: JSONObject
    /// May be changed and be reset with null.
    let settings: JSONObject
    /// One change each, laid over the settings; with none, nothing is reset either.
    let changes: [JSONObject]
    var testDescription: String { name }
  }

  private static let cleanup: JSONValue = [
    "old": [
      "action": "delete",
      "condition": [
        "olderThan": "30d", "newerThan": "400d", "tagState": "tagged", "tagPrefixes": ["b", "a"],
        "packageNamePrefixes": ["z", "y"], "versionNamePrefixes": ["2", "1"],
      ],
    ],
    "any": ["action": "delete", "condition": ["olderThan": "90d", "tagState": "any"]],
    "few": [
      "action": "keep",
      "mostRecentVersions": ["keepCount": 5, "packageNamePrefixes": ["x", "w"]],
    ],
    "new": ["action": "keep", "condition": ["newerThan": "36h"]],
  ]

  private static let common: JSONObject = [
    "description": "¿Qué? \"quoted\": #1", "labels": ["team": "web", "stage": "dev"],
    "platformLogsConfig": ["loggingState": "enabled", "severityLevel": "warning"],
    "cleanupPolicies": cleanup, "cleanupPolicyDryRun": true,
  ]

  private static let commonChanges: [JSONObject] = [
    ["description": "another"], ["description": ""],
    ["labels": ["team": "platform", "stage": .null, "new": ""]], ["cleanupPolicyDryRun": false],
    ["platformLogsConfig": ["loggingState": "disabled", "severityLevel": .null]],
    ["platformLogsConfig": ["severityLevel": "emergency"]],
    ["cleanupPolicies": ["old": ["action": "delete", "condition": ["olderThan": "14d"]]]],
    [
      "cleanupPolicies": [
        "old": [
          "action": "keep", "mostRecentVersions": ["keepCount": 1, "packageNamePrefixes": []],
        ]
      ]
    ],
    ["cleanupPolicies": [:]],
  ]

  private static let key =
    "projects/my-project-id/locations/us-east4/keyRings/ring/cryptoKeys/key"

  private static func standard(
    _ format: String, fixed: JSONObject = [:], settings: JSONObject = [:],
    changes: [JSONObject]? = []
  ) -> Sample {
    Sample(
      name: "standard \(format)",
      fixed: merged(["format": .string(format), "kmsKeyName": .string(key)], fixed),
      settings: merged(common, settings), changes: changes.map { commonChanges + $0 } ?? [])
  }

  private static func remote(
    _ format: String, _ name: String, _ source: JSONObject
  ) -> Sample {
    let fixed: JSONObject = [
      "description": "the mirror", "disableUpstreamValidation": true, "noCache": [:],
    ]
    func config(_ user: String, _ version: String) -> JSONObject {
      [
        "remoteRepositoryConfig": .object(
          merged(
            merged(fixed, source),
            [
              "upstreamCredentials": [
                "usernamePasswordCredentials": [
                  "username": .string(user),
                  "passwordSecretVersion": .string(
                    "projects/my-project-id/secrets/s/versions/\(version)"),
                ]
              ]
            ]))
      ]
    }
    return Sample(
      name: "remote \(format) \(name)",
      fixed: merged(["format": .string(format), "mode": "remote"], config("ana", "1")),
      settings: ["description": "a mirror", "labels": ["team": "web"]],
      changes: [
        config("ben", "1"), config("ben", "2"), ["description": "x"],
        [
          "remoteRepositoryConfig": .object(
            merged(merged(fixed, source), ["upstreamCredentials": .null]))
        ], config("ana", "1"),
        [
          "remoteRepositoryConfig": .object(
            merged(
              merged(fixed, source), ["upstreamCredentials": ["usernamePasswordCredentials": .null]]
            ))
        ],
      ])
  }

  private static func merged(_ one: JSONObject, _ other: JSONObject) -> JSONObject {
    var result = one
    for (key, value) in other { result[key] = value }
    return result
  }

  private static let scanning: JSONObject = [
    "dockerConfig": ["immutableTags": true],
    "vulnerabilityScanningConfig": ["enablementConfig": "disabled"],
  ]
  private static let uri: JSONValue = ["uri": "https://packages.example.com/x"]

  static let samples: [Sample] =
    [
      standard(
        "docker", settings: scanning,
        changes: [
          ["dockerConfig": ["immutableTags": false]], ["dockerConfig": ["immutableTags": .null]],
          ["vulnerabilityScanningConfig": ["enablementConfig": "inherited"]],
          ["vulnerabilityScanningConfig": ["enablementConfig": .null]],
        ]),
      standard(
        "maven",
        fixed: ["mavenConfig": ["allowSnapshotOverwrites": true, "versionPolicy": "snapshot"]]),
      standard("python", fixed: ["mode": "standard", "disallowUnspecifiedMode": true]),
    ]
    + ["npm", "apt", "yum", "googet", "kfp", "go", "generic", "ruby", "conda"].map {
      standard($0, changes: nil)
    }
    + [
      remote("docker", "public", ["dockerRepository": ["publicRepository": "docker-hub"]]),
      remote("docker", "custom", ["dockerRepository": ["customRepository": uri]]),
      remote("maven", "public", ["mavenRepository": ["publicRepository": "maven_central"]]),
      remote("maven", "custom", ["mavenRepository": ["customRepository": uri]]),
      remote("npm", "public", ["npmRepository": ["publicRepository": "npmjs"]]),
      remote("npm", "custom", ["npmRepository": ["customRepository": uri]]),
      remote("python", "public", ["pythonRepository": ["publicRepository": "pypi"]]),
      remote("python", "custom", ["pythonRepository": ["customRepository": uri]]),
      remote(
        "apt", "public",
        [
          "aptRepository": [
            "publicRepository": [
              "repositoryBase": "debian", "repositoryPath": "debian/dists/bookworm",
            ]
          ]
        ]),
      remote("apt", "custom", ["aptRepository": ["customRepository": uri]]),
      remote(
        "yum", "public",
        [
          "yumRepository": [
            "publicRepository": ["repositoryBase": "rocky", "repositoryPath": "pub/rocky/9"]
          ]
        ]),
      remote("yum", "custom", ["yumRepository": ["customRepository": uri]]),
      remote("go", "common", ["commonRepository": ["uri": "https://proxy.golang.org"]]),
      remote("docker", "common", ["commonRepository": ["uri": "https://registry.example.com"]]),
    ] + [virtual]

  private static func upstreams(_ policies: JSONObject...) -> JSONObject {
    ["virtualRepositoryConfig": ["upstreamPolicies": .array(policies.map(JSONValue.object))]]
  }
  private static let virtual = Sample(
    name: "virtual", fixed: ["format": "python", "mode": "virtual"],
    settings: merged(
      ["description": "all", "labels": ["team": "web"]],
      upstreams(
        ["id": "one", "repository": "repository/one", "priority": 100],
        ["id": "two", "repository": "repository/two", "priority": 0])),
    changes: [
      upstreams(
        ["id": "two", "repository": "repository/two"],
        ["id": "one", "repository": "repository/one", "priority": 100]),
      upstreams(
        ["id": "one", "repository": "repository/one", "priority": -5],
        ["id": "two", "repository": "repository/one", "priority": 7]),
      upstreams(["id": "three", "repository": "repository/two", "priority": 1]),
      upstreams(),
    ])

  /// Lets Artifact Registry's agent use the key: a repository with a key needs that.
  private func allowUseOfKey(_ stage: SandboxStage) async throws {
    let services = "projects/my-project-id/services"
    let identity = try await stage.call(
      .post, "/v1beta1/\(services)/artifactregistry.googleapis.com:generateServiceIdentity")
    let agent = try #require(identity["response"]?["email"]?.string)
    _ = try await stage.call(.post, "/v1/\(services)/cloudkms.googleapis.com:enable", [:])
    let binding: JSONValue = [
      "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      "members": [.string("serviceAccount:\(agent)")],
    ]
    _ = try await stage.call(
      .post, "/v1/\(Self.key):setIamPolicy", ["policy": ["bindings": [binding]]])
  }

  /// The documents of one step. JSON is YAML.
  private func manifests(_ sample: Sample, _ settings: JSONObject) -> String {
    let others = sample.name == "virtual" ? ["one", "two"] : []
    return
      """
      ---
      {apiVersion: arctl.dev/v1, kind: Project, metadata: {name: my-project-id},
       spec: {services: [artifactregistry.googleapis.com]}}

      """
        + others.map {
          """
          ---
          {apiVersion: arctl.dev/v1, kind: Repository, metadata: {name: \($0)}, spec: {format: python}}

          """
        }.joined() + """
          ---
          apiVersion: arctl.dev/v1
          kind: Repository
          metadata: {name: r}
          spec: \(JSONValue.object(Self.merged(sample.fixed, settings)).text())

          """
  }

  @Test(arguments: samples)
  func everyFieldConvergesAndIsThenANoOp(sample: Sample) async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    if sample.fixed["kmsKeyName"] != nil { try await allowUseOfKey(stage) }
    func converge(_ settings: JSONObject, _ step: String) async throws {
      let graph = try stage.graph(manifests(sample, settings))
      let report = try await stage.apply(graph)
      #expect(report.isComplete, "\(step): \(report.failed) \(report.skipped)")
      let after = try await stage.plan(graph)
      #expect(summary(after) == [], "\(step): \(after.changes.flatMap(\.fields))")
    }
    try await converge(sample.settings, "everything set")
    for change in sample.changes {
      try await converge(Self.merged(sample.settings, change), "\(JSONValue.object(change).text())")
    }
    try await converge(sample.settings, "everything back")
    // A virtual repository must name its upstreams.
    let optional = sample.settings.keys.filter { $0 != "virtualRepositoryConfig" }
    for name in optional {
      var fewer = sample.settings
      fewer[name] = nil
      let plan = try await stage.plan(try stage.graph(manifests(sample, fewer)))
      #expect(summary(plan) == [], "without \(name)")
    }
    for name in optional where !sample.changes.isEmpty {
      var reset = sample.settings
      reset[name] = .null
      let graph = try stage.graph(manifests(sample, reset))
      #expect(!summary(try await stage.plan(graph)).isEmpty, "null resets \(name)")
      try await converge(reset, "\(name): null")
      let live = try await stage.call(
        .get, "/v1/projects/my-project-id/locations/us-east4/repositories/r")
      #expect(CanonicalForm.isDefault(live[name]), "\(name): \(live[name]?.text() ?? "")")
      try await converge(sample.settings, "\(name) set again")
    }
  }

  /// The valid forms of a reset field.
  private enum CanonicalForm {
    static func isDefault(_ value: JSONValue?) -> Bool {
      guard let value else { return true }
      if let object = value.object {
        return object.allSatisfy { name, value in
          name.hasPrefix("enablementState") || name == "lastEnableTime" || isDefault(value)
        }
      }
      return value == "" || value == false || value == [] || value == 0
    }
  }
}
