import SandboxWire

/// The Repository message of Artifact Registry v1 (discovery document of 2026-10-31; the numbers of enums are those of
/// the google-cloud-artifact-registry client, if it has them), and the further members in gcloud 578.
///
/// Those are accepted, stored and shown without any effect. Whether Google accepts each of them is not known, but
/// gcloud sends some of them unasked.
enum RepositorySchema {
  static let repository = MessageType([
    "name": .init(type: .string),
    "format": .init(type: .enumeration(format)),
    "description": .init(type: .string),
    "labels": .init(type: .map(.string)),
    "createTime": .init(type: .timestamp, isOutputOnly: true),
    "updateTime": .init(type: .timestamp, isOutputOnly: true),
    "kmsKeyName": .init(type: .string),
    "mode": .init(type: .enumeration(mode)),
    "cleanupPolicies": .init(type: .map(.message(cleanupPolicy))),
    "cleanupPolicyDryRun": .init(type: .bool),
    "sizeBytes": .init(type: .int64, isOutputOnly: true),
    "satisfiesPzs": .init(type: .bool, isOutputOnly: true),
    "satisfiesPzi": .init(type: .bool, isOutputOnly: true),
    "registryUri": .init(type: .string, isOutputOnly: true),
    "disallowUnspecifiedMode": .init(type: .bool, isInputOnly: true),
    "mavenConfig": message([
      "allowSnapshotOverwrites": .bool,
      "versionPolicy": .enumeration(
        EnumType("VERSION_POLICY_UNSPECIFIED", "RELEASE", "SNAPSHOT")),
    ]),
    "dockerConfig": message(["immutableTags": .bool]),
    "virtualRepositoryConfig": message(["upstreamPolicies": .list(.message(upstreamPolicy))]),
    "remoteRepositoryConfig": .init(type: .message(remote)),
    "vulnerabilityScanningConfig": .init(type: .message(scanning)),
    "platformLogsConfig": platformLogs,
    // Only in gcloud's message.
    "networkConfig": .init(type: .object),
    "sbomConfig": .init(type: .object),
  ]).named("google.devtools.artifactregistry.v1.Repository")

  /// The logs of a repository, or of a project in one location.
  static let platformLogs = message([
    "loggingState": .enumeration(EnumType("LOGGING_STATE_UNSPECIFIED", "ENABLED", "DISABLED")),
    "severityLevel": .enumeration(
      EnumType(
        "SEVERITY_LEVEL_UNSPECIFIED", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL",
        "ALERT", "EMERGENCY")),
  ])

  static let list = MessageType([
    "repositories": .init(type: .list(.message(repository))),
    "nextPageToken": .init(type: .string),
  ])

  static let format = EnumType([
    "FORMAT_UNSPECIFIED": 0, "DOCKER": 1, "MAVEN": 2, "NPM": 3, "APT": 5, "YUM": 6, "GOOGET": 7,
    "PYTHON": 8, "KFP": 9, "GO": 10, "GENERIC": 11, "RUBY": 12, "CONDA": 13,
  ])

  static let mode = EnumType(
    "MODE_UNSPECIFIED", "STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY",
    "AOSS_REPOSITORY", "ASSURED_OSS_REPOSITORY")

  private static func message(_ fields: [String: FieldType]) -> MessageType.Field {
    .init(type: .message(MessageType(fields.mapValues { .init(type: $0) })))
  }

  private static let cleanupPolicy = MessageType([
    "id": .init(type: .string),
    "action": .init(type: .enumeration(EnumType("ACTION_UNSPECIFIED", "DELETE", "KEEP"))),
    "condition": message([
      "newerThan": .duration, "olderThan": .duration, "moreStaleThan": .duration,
      "packageNamePrefixes": .list(.string),
      "tagPrefixes": .list(.string), "versionNamePrefixes": .list(.string),
      "tagState": .enumeration(EnumType("TAG_STATE_UNSPECIFIED", "TAGGED", "UNTAGGED", "ANY")),
    ]),
    "mostRecentVersions": message([
      "keepCount": .int32, "packageNamePrefixes": .list(.string),
    ]),
  ])

  private static let upstreamPolicy = MessageType([
    "id": .init(type: .string), "repository": .init(type: .string),
    "priority": .init(type: .int32),
  ])

  private static let scanning = MessageType([
    "enablementConfig": .init(
      type: .enumeration(EnumType("ENABLEMENT_CONFIG_UNSPECIFIED", "INHERITED", "DISABLED"))),
    "enablementState": .init(
      type: .enumeration(
        EnumType(
          "ENABLEMENT_STATE_UNSPECIFIED", "SCANNING_UNSUPPORTED", "SCANNING_DISABLED",
          "SCANNING_ACTIVE")), isOutputOnly: true),
    "enablementStateReason": .init(type: .string, isOutputOnly: true),
    "lastEnableTime": .init(type: .timestamp, isOutputOnly: true),
  ])

  // MARK: Remote repositories

  private static let remote = MessageType([
    "description": .init(type: .string),
    "disableUpstreamValidation": .init(type: .bool, isInputOnly: true),
    "noCache": message([:]),
    "upstreamCredentials": message([
      "usernamePasswordCredentials": .message(
        MessageType([
          "username": .init(type: .string), "passwordSecretVersion": .init(type: .string),
        ]))
    ]),
    "dockerRepository": upstream(.enumeration(publicRepositories("DOCKER_HUB"))),
    "mavenRepository": upstream(.enumeration(publicRepositories("MAVEN_CENTRAL"))),
    "npmRepository": upstream(.enumeration(publicRepositories("NPMJS"))),
    "pythonRepository": upstream(.enumeration(publicRepositories("PYPI"))),
    "aptRepository": upstream(
      based(EnumType("REPOSITORY_BASE_UNSPECIFIED", "DEBIAN", "UBUNTU", "DEBIAN_SNAPSHOT"))),
    "yumRepository": upstream(
      based(
        EnumType(
          "REPOSITORY_BASE_UNSPECIFIED", "CENTOS", "CENTOS_DEBUG", "CENTOS_VAULT", "CENTOS_STREAM",
          "ROCKY", "EPEL"))),
    "commonRepository": message(["uri": .string]),
    // Only in gcloud's message.
    "goRepository": .init(type: .object),
    "enableIngestionAttestation": .init(type: .bool),
    "deleteNotFoundCacheFiles": .init(type: .bool),
    "remoteType": .init(
      type: .enumeration(EnumType("REMOTE_TYPE_UNSPECIFIED", "MIRROR", "CACHE_LAYER"))),
    "serviceDirectoryConfig": .init(type: .object),
  ])

  /// The members of remoteRepositoryConfig that name the upstream, with the format that each is for.
  static let remoteSources: [String: String] = [
    "dockerRepository": "DOCKER", "mavenRepository": "MAVEN", "npmRepository": "NPM",
    "pythonRepository": "PYTHON", "aptRepository": "APT", "yumRepository": "YUM",
    "goRepository": "GO",
  ]

  private static func upstream(_ publicRepository: FieldType) -> MessageType.Field {
    message([
      "publicRepository": publicRepository,
      "customRepository": .message(MessageType(["uri": .init(type: .string)])),
      // Only in gcloud's message.
      "artifactRegistryRepository": .object,
    ])
  }

  private static func publicRepositories(_ name: String) -> EnumType {
    EnumType("PUBLIC_REPOSITORY_UNSPECIFIED", name)
  }

  private static func based(_ bases: EnumType) -> FieldType {
    .message(
      MessageType([
        "repositoryBase": .init(type: .enumeration(bases)), "repositoryPath": .init(type: .string),
      ]))
  }
}
