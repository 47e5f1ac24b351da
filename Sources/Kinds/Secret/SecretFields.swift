import Grammar
import JSON
import Model

/// The fields of a secret: secretmanager v1 `Secret`, discovery revision 20261021.
enum SecretFields {
  static let all =
    [SharedFields.project] + settings + times + [SharedFields.iam] + values + observed

  private static let settings = [
    Field(
      "replication", .object(replication), [.immutable],
      "Where its values are stored: `automatic: {}`, which is the default, or `userManaged`. Only the keys that encrypt "
        + "them can be changed in place, for versions that are added afterwards."),
    Field(
      "labels", .labels,
      "Labels, merged with the Stack's default labels; keys that are not written stay."),
    Field(
      "annotations", .labels,
      "Notes of tools; keys that are not written stay. Keys that begin with `arctl-` belong to the keys that arctl stores "
        + "in it, and cannot be written."
    ).with(.notNull),
    Field(
      "topics", .list(.object(topic), .keyed("name")),
      "The Pub/Sub topics that are notified of changes, at most 10; an exact set."),
    Field(
      "secretType", .enumeration(types), [.immutable],
      "The form that its values must have; any form if not set."),
    Field(
      "tags", .map(.string(), idField: nil), [.inputOnly, .immutable],
      "Tags to bind when the secret is created, as `\"123/environment\": production`. Google's API does not return them."
    ),
  ]

  private static let times = [
    Field(
      "expireTime", .timestamp,
      "When Google deletes it with all its versions: `2030-01-01T00:00:00Z`. `expireTime: null` removes the date."
    ),
    Field(
      "rotation", .object(rotation),
      "When Google reminds its topics that the value should be changed. Nothing is changed by it."
    ).with(.needs("topics")),
    Field(
      "versionDestroyTtl", .duration,
      "How long a version that is to be destroyed stays, disabled: from `24h` to `1000d`. Destroyed at once if not set."
    ),
  ]

  private static let replication = [
    Field(
      "automatic", .object([encryption("`global`")]),
      "Google chooses the locations: `automatic: {}`."
    ).with(.excludes("userManaged")),
    Field(
      "userManaged", .object([replicas]),
      "Only the locations that `replicas` names."
    ).with(.excludes("automatic")),
  ]

  private static let replicas = Field(
    "replicas", .list(.object(replica), .keyed("location")), [.required],
    "The locations, at least one; an exact set."
  ).with(.notEmpty)

  private static let replica = [
    Field("location", .string(StringRules.location), [.required], "A region: `us-east4`."),
    encryption("the location of the replica"),
  ]

  private static func encryption(_ place: String) -> Field {
    Field(
      "customerManagedEncryption",
      .object([
        Field(
          "kmsKeyName", .string(StringRules.kmsKey), [.required],
          "The key: `projects/P/locations/L/keyRings/R/cryptoKeys/K`.")
      ]), [.changeable],
      "The Cloud KMS key that encrypts versions added from now on, in \(place); Google's own if not set."
    )
  }

  private static let topic = [
    Field("name", .string(topicName), [.required], "The topic: `projects/P/topics/T`.")
  ]

  private static let topicName = StringRule { text in
    text.wholeMatch(of: /projects\/[^\/]+\/topics\/[^\/]+/) == nil
      ? "must be `projects/P/topics/T`" : nil
  }

  private static let rotation = [
    Field(
      "nextRotationTime", .timestamp,
      "When the next reminder is due: `2030-01-01T00:00:00Z`. With a period, a date that Google has moved on by whole "
        + "periods is no difference."),
    Field(
      "rotationPeriod", .duration,
      "The time between reminders, from `1h`; without it there is one reminder."
    ).with(.needs("nextRotationTime")),
    Field(
      "managedRotationStatus", .object([]), [.outputOnly],
      "Whether Google rotates a typed secret itself."),
  ]

  private static let types = Enumeration(
    ["CLOUD_SQL_DB_CREDENTIALS", "ACCESS_KEY", "CERTIFICATE", "OTHER_DB_CREDENTIALS", "OTHER"],
    unspecified: "SECRET_TYPE_UNSPECIFIED")

  /// Names under which people and other tools write a value. All of them are refused, and nothing of them is shown.
  private static let values = ["payload", "data", "value", "secretData"].map {
    Field(
      $0, .any, [.manifestOnly, .secret],
      "Never accepted: values do not stand in manifests. `gcloud secrets versions add` adds one.")
  }

  private static let observed = [
    Field(
      "name", .string(), [.outputOnly, .returned],
      "Google's name for it: `projects/NUMBER/secrets/ID`."),
    Field("createTime", .timestamp, [.outputOnly, .returned], "When it was created."),
    Field("etag", .string(), [.outputOnly], "A checksum of its current state."),
    Field(
      "versionAliases", .map(.int64, idField: nil), [.outputOnly],
      "Names of versions. Those of arctl's keys begin with `k-`; arctl changes no others."),
    Field(
      "ttl", .duration, [.outputOnly],
      "A period from the moment of the request. A manifest holds the date: `expireTime`."),
    Field(
      "customerManagedEncryption", .object(regionalEncryption), [.outputOnly],
      "The key of a regional secret; regional secrets are not supported."),
    Field(
      "policyMember", .object(member), [.outputOnly], "The secret as a member of policies."),
  ]

  private static let regionalEncryption = [
    Field("kmsKeyName", .string(), [.outputOnly], "The key of the secret.")
  ]

  private static let member = [
    Field("iamPolicyNamePrincipal", .string(), [.outputOnly], "The member by its name."),
    Field("iamPolicyUidPrincipal", .string(), [.outputOnly], "The member by its unique id."),
  ]
}
